import { StoreError } from '../../errors.ts';
import { redactUrl } from '../remote-url.ts';

/**
 * Bytes that one transfer may have where there is no Git: all of it is held in memory, several times over, so that this
 * takes about a gigabyte.
 */
export const WITHOUT_GIT_SIZE_MAX = 256 * 1024 * 1024;

/** Text for what is more than that, or is not possible at all. */
export function needsGit(url: string, what: string): StoreError {
  return new StoreError('unsupported', `${redactUrl(url)}: ${what}`, {
    hint: 'install Git, which has no such limit: https://git-scm.com/downloads',
    data: { url: redactUrl(url), sizeMax: WITHOUT_GIT_SIZE_MAX },
  });
}

export function tooMuch(url: string): StoreError {
  const mebibytes = WITHOUT_GIT_SIZE_MAX / 2 ** 20;
  return needsGit(
    url,
    `without Git, at most ${mebibytes} MiB can be transferred at a time, and this is more`,
  );
}
