import type { Repository } from './open.ts';
import { readConfig } from './read-config.ts';

interface Setting {
  readonly section: string;
  readonly name: string;
  readonly value: string;
  /** What goes wrong without it. */
  readonly reason: string;
}

/**
 * What every repository of large parts is made with. Large blobs are stored as they are, streamed, and never
 * tried as deltas, which would cost minutes over weights and save nothing.
 */
const SETTINGS: readonly Setting[] = [
  { section: 'core', name: 'bigFileThreshold', value: '256k', reason: 'Git would try to compress parts' },
  {
    section: 'pack',
    name: 'window',
    value: '0',
    reason: 'a push would look for deltas between parts for minutes',
  },
  {
    section: 'gc',
    name: 'auto',
    value: '0',
    reason: 'Git could collect what a writer of Cairn is about to use',
  },
  {
    section: 'transfer',
    name: 'unpackLimit',
    value: '1',
    reason: 'what is fetched would become loose files',
  },
  { section: 'uploadpack', name: 'allowFilter', value: 'true', reason: 'clones could not leave out parts' },
];

/** The configuration file of a new bare repository. */
export function encodeSettings(): string {
  const own = SETTINGS.map(({ section, name, value }) => `[${section}]\n\t${name} = ${value}\n`);
  return `[core]\n\trepositoryformatversion = 0\n\tbare = true\n${own.join('')}`;
}

/** What differs from the settings that a repository is made with, a sentence each. */
export function settingsProblems({ gitDir }: Pick<Repository, 'gitDir'>): string[] {
  const config = readConfig(gitDir);
  return SETTINGS.flatMap(({ section, name, value, reason }) => {
    const found = config.get(`${section}.${name.toLowerCase()}`)?.at(-1);
    if (found === value) return [];
    const got = found === undefined ? 'it is not set' : `got ${JSON.stringify(found)}`;
    return [`${section}.${name}: expected ${value}, ${got}; ${reason}`];
  });
}

const REMOTE_URL = /^remote\.(.+)\.url$/s;

/** Names of the remotes that a repository is shared through. */
export function remoteNames({ gitDir }: Pick<Repository, 'gitDir'>): string[] {
  return [...readConfig(gitDir).keys()].flatMap((key) => REMOTE_URL.exec(key)?.[1] ?? []);
}
