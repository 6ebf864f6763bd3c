import { spawnSync } from 'node:child_process';
import { homedir, hostname, userInfo } from 'node:os';
import { childVariables } from '../secrets/child-variables.ts';
import type { IdentitySources } from './sources.ts';

/** Long enough for a cold disk, short enough not to be taken for a hang. */
const GIT_TIMEOUT_MS = 5_000;

/** The sources of an identity as this machine has them. */
export function machineSources(
  variables: IdentitySources['variables'],
  registryFolder: string | null,
): IdentitySources {
  return {
    variables,
    homeFolder: variables.HOME || homedir(),
    registryFolder,
    askGit(key) {
      const run = spawnSync('git', ['config', '--get', key], {
        cwd: registryFolder ?? undefined,
        encoding: 'utf8',
        env: childVariables(variables),
        timeout: GIT_TIMEOUT_MS,
        windowsHide: true,
      });
      return run.status === 0 ? run.stdout.replace(/\r?\n$/, '') : null;
    },
    system: () => ({ user: systemUser(variables), host: hostname() }),
  };
}

/** The account's name; in a container its number may have none. */
function systemUser(variables: IdentitySources['variables']): string {
  try {
    return userInfo().username;
  } catch {
    return variables.USER ?? variables.USERNAME ?? '';
  }
}
