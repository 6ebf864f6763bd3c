import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type ConfigEntry, parseGitConfig } from './git-config.ts';
import type { IdentitySources } from './sources.ts';

/** What the configuration files say about the user. */
export interface IdentitySettings {
  readonly name: string | undefined;
  readonly email: string | undefined;
  /** Some file includes another under a condition, so that only Git knows what holds. */
  readonly conditional: boolean;
}

/**
 * `user.name` and `user.email` (or the `author.` ones, which go before them) out of Git's configuration files, the
 * later file winning. A file that is missing, unreadable or far too large has nothing to say.
 */
export function readIdentitySettings(sources: ConfigSources): IdentitySettings {
  const { last, conditional } = readConfigFiles(sources);
  return {
    name: last('author.name') ?? last('user.name'),
    email: last('author.email') ?? last('user.email'),
    conditional,
  };
}

export type ConfigSources = Pick<IdentitySources, 'variables' | 'homeFolder' | 'registryFolder'>;

/** Git's configuration files, read plainly. */
export interface ConfigFiles extends Pick<IdentitySettings, 'conditional'> {
  /** The last value of a setting, which is the one that counts. */
  last(key: string): string | undefined;
}

/** Reads Git's configuration files, of the system, the user and the registry. */
export function readConfigFiles(sources: ConfigSources): ConfigFiles {
  const budget = { files: CONFIG_FILES_MAX };
  const entries = configFiles(sources).flatMap((file) => readConfig(file, sources.homeFolder, budget));
  return {
    last: (key) => entries.findLast((entry) => entry.key === key)?.value,
    conditional: entries.some((entry) => entry.key.startsWith('includeif.')),
  };
}

/** The files in the order in which Git reads them (git-config(1), "Files"). */
function configFiles({ variables, homeFolder, registryFolder }: ConfigSources): string[] {
  const system = variables.GIT_CONFIG_SYSTEM ?? '/etc/gitconfig';
  const xdg = variables.XDG_CONFIG_HOME || join(homeFolder, '.config');
  const global = variables.GIT_CONFIG_GLOBAL;
  return [
    ...(isSet(variables.GIT_CONFIG_NOSYSTEM) ? [] : [system]),
    ...(global === undefined ? [join(xdg, 'git', 'config'), join(homeFolder, '.gitconfig')] : [global]),
    ...(registryFolder === null ? [] : [join(registryFolder, '.git', 'config')]),
  ];
}

function isSet(flag: string | undefined): boolean {
  return flag !== undefined && !/^(?:|0|no|off|false)$/i.test(flag);
}

/** Files in all, so that files which include each other, or themselves many times, come to an end. */
const CONFIG_FILES_MAX = 64;

function readConfig(file: string, homeFolder: string, budget: { files: number }): ConfigEntry[] {
  if (budget.files-- <= 0) return [];
  const text = readSmallFile(file);
  if (text === null) return [];
  return parseGitConfig(text).flatMap((entry) => {
    if (entry.key !== 'include.path') return [entry];
    return readConfig(includedPath(entry.value, file, homeFolder), homeFolder, budget);
  });
}

function includedPath(path: string, includedFrom: string, homeFolder: string): string {
  if (path.startsWith('~/')) return join(homeFolder, path.slice(2));
  return isAbsolute(path) ? path : resolve(dirname(includedFrom), path);
}

/** Configuration written by people is a few KiB; whatever is a thousand times that is something else. */
const CONFIG_SIZE_MAX = 4 * 1024 * 1024;

function readSmallFile(path: string): string | null {
  try {
    const about = statSync(path);
    return about.isFile() && about.size <= CONFIG_SIZE_MAX ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}
