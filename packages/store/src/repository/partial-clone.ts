import { type Config, parseBoolean } from './config-text.ts';
import type { Repository } from './open.ts';
import { readConfig } from './read-config.ts';

/** A remote that has promised the objects that a partial clone was made without (gitprotocol, "partial clone"). */
export interface PromisorRemote {
  readonly name: string;
  readonly url: string;
  /** What it leaves out unless it is asked for, such as `blob:limit=64k`; `null` where nothing is said. */
  readonly filter: string | null;
}

const REMOTE_URL = /^remote\.(.+)\.url$/s;

/**
 * The remotes of a partial clone, in the order in which Git asks them: the one of `extensions.partialClone` last, as
 * in Git's own list of promisor remotes. None for a repository that is no partial clone. Throws `damaged`.
 */
export function promisorRemotes({ gitDir }: Pick<Repository, 'gitDir'>): readonly PromisorRemote[] {
  const config = readConfig(gitDir);
  const main = last(config, 'extensions.partialclone');
  const names = [...config.keys()].flatMap((key) => REMOTE_URL.exec(key)?.[1] ?? []);
  const isPromisor = (name: string) => name === main || isTrue(last(config, `remote.${name}.promisor`));
  const remotes = names.filter(isPromisor).map((name) => remoteAt(config, name));
  return remotes.sort((one, other) => Number(one.name === main) - Number(other.name === main));
}

/** Whether objects may be missing here because a remote has them. Throws `damaged`. */
export function isPartialClone({ gitDir }: Pick<Repository, 'gitDir'>): boolean {
  const config = readConfig(gitDir);
  return (
    last(config, 'extensions.partialclone') !== undefined ||
    [...config].some(([key, values]) => /^remote\..+\.promisor$/s.test(key) && isTrue(values.at(-1)))
  );
}

function remoteAt(config: Config, name: string): PromisorRemote {
  return {
    name,
    url: last(config, `remote.${name}.url`)!,
    filter: last(config, `remote.${name}.partialclonefilter`) ?? null,
  };
}

function last(config: Config, key: string): string | undefined {
  return config.get(key)?.at(-1);
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && parseBoolean(value) === true;
}
