import type { Programs } from './programs.ts';

/**
 * The variables for Git: those of the programs, without what points Git to another repository or makes it chatter, in
 * its own language. Of Git's variables, only those stay that carry the user's own settings: how to reach hosts, how to
 * ask for secrets, where the configuration is.
 */
export function gitVariables(
  { variables, interactive }: Programs,
  gitDir: string,
): Record<string, string | undefined> {
  const foreign = Object.keys(variables).filter((name) => isOfGit(name) && !isSetting(name));
  return {
    ...Object.fromEntries(foreign.map((name) => [name, undefined])),
    GIT_DIR: gitDir,
    GIT_TERMINAL_PROMPT: interactive ? '1' : '0',
    ...(!interactive && { SSH_ASKPASS_REQUIRE: 'never' }),
    GIT_OPTIONAL_LOCKS: '0',
    // What is missing is asked for here, all at once. A bundle in the place of a remote would be asked without end.
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C',
    LANGUAGE: undefined,
  };
}

/** Lets Git read objects of another repository; in quotes as in C, as the path may hold what separates paths. */
export function borrowing(objectFolder: string): Record<string, string> {
  return { GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(objectFolder) };
}

function isOfGit(name: string): boolean {
  return /^GIT_/i.test(name);
}

const SETTINGS: ReadonlySet<string> = new Set([
  'GIT_ASKPASS',
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CONFIG_PARAMETERS',
  'GIT_CONFIG_SYSTEM',
  'GIT_EXEC_PATH',
  'GIT_HTTP_LOW_SPEED_LIMIT',
  'GIT_HTTP_LOW_SPEED_TIME',
  'GIT_HTTP_PROXY_AUTHMETHOD',
  'GIT_HTTP_USER_AGENT',
  'GIT_PROXY_COMMAND',
  'GIT_PROXY_SSL_CAINFO',
  'GIT_PROXY_SSL_CERT',
  'GIT_PROXY_SSL_KEY',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSH_VARIANT',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'GIT_SSL_CERT',
  'GIT_SSL_CIPHER_LIST',
  'GIT_SSL_KEY',
  'GIT_SSL_NO_VERIFY',
  'GIT_SSL_VERSION',
]);

function isSetting(name: string): boolean {
  return SETTINGS.has(name.toUpperCase()) || /^GIT_CONFIG_(?:KEY|VALUE)_\d+$/i.test(name);
}
