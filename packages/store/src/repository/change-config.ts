import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { StoreError } from '../errors.ts';
import { writeFileDurably } from '../files/durable.ts';
import { acquireLock } from '../files/lock.ts';
import type { Patience } from '../files/patience.ts';
import { type Config, parseConfig } from './config-text.ts';
import { loadGit, translatedGit } from './git-library.ts';
import type { Repository } from './open.ts';
import { readConfigText } from './read-config.ts';
import { createSeam, type Seam } from './seam.ts';

/** A change of one key, such as `remote.origin.url`. */
export interface ConfigChange {
  readonly key: string;
  /** Null removes every value of the key. */
  readonly value: string | null;
  /** Adds a value to those the key has; otherwise the last one is replaced. */
  readonly append?: boolean;
}

/**
 * Makes all the changes, in order, or none: the file is locked as Git does, changed by isomorphic-git in
 * memory, read back, and replaced as a whole. Lines that are not concerned stay as they are; a section that nothing is
 * left in goes.
 *
 * Throws `invalid` for a key or value that cannot be written, `locked`, and `unsupported` when the file has
 * a form that isomorphic-git does not change rightly.
 */
export async function changeConfig(
  repository: Pick<Repository, 'gitDir' | 'objects'>,
  changes: readonly ConfigChange[],
  patience: Patience,
): Promise<void> {
  for (const change of changes) checkChange(change);
  const path = join(repository.gitDir, 'config');
  const lock = await acquireLock(path, { ...patience, purpose: 'change the configuration' });
  try {
    const before = readConfigText(repository.gitDir);
    const after = await changedText(repository, before, changes);
    if (!isDeepStrictEqual(parseConfig(after), withChanges(parseConfig(before), changes)))
      throw unchangeable(path);
    writeFileDurably(path, after);
  } finally {
    lock.release();
  }
}

/** Section and name as in git-config(1); a subsection is any text in one line that needs no escapes. */
const KEY = /^[A-Za-z0-9-]+\.(?:[^"\\\p{Cc}]+\.)?[A-Za-z][A-Za-z0-9-]*$/u;

function checkChange({ key, value }: ConfigChange): void {
  if (!KEY.test(key)) throw new StoreError('invalid', `not a key of a configuration: ${JSON.stringify(key)}`);
  if (value !== null && /[\0\r]/.test(value)) {
    throw new StoreError('invalid', `${key}: not a value for a configuration: ${JSON.stringify(value)}`);
  }
}

async function changedText(
  repository: Pick<Repository, 'gitDir' | 'objects'>,
  text: string,
  changes: readonly ConfigChange[],
): Promise<string> {
  const held = { text };
  try {
    for (const change of changes) await changeHeld(createSeam(repository), held, change);
  } catch (error) {
    throw translatedGit(error, `change the configuration of ${repository.gitDir}`);
  }
  return withoutEmptied(held.text, changes);
}

const HEADER = /^[ \t]*\[([A-Za-z0-9-]+)(?:[ \t]+"([^"\\]*)")?\][ \t\r]*$/;

/** Without the headers of sections whose last setting was taken away. */
function withoutEmptied(text: string, changes: readonly ConfigChange[]): string {
  const emptied = new Set(changes.filter(({ value }) => value === null).map(({ key }) => sectionOf(key)));
  const lines = text.split('\n');
  const isEmptied = (line: string, index: number) => {
    const [, name, subsection] = HEADER.exec(line) ?? [];
    if (name === undefined) return false;
    const section = name.toLowerCase() + (subsection === undefined ? '' : `.${subsection}`);
    const next = lines.slice(index + 1).find((other) => other.trim() !== '');
    return emptied.has(section) && (next === undefined || next.trimStart().startsWith('['));
  };
  return lines.filter((line, index) => !isEmptied(line, index)).join('\n');
}

function sectionOf(key: string): string {
  return normalized(key).slice(0, key.lastIndexOf('.'));
}

async function changeHeld(seam: Seam, held: { text: string }, { key, value, append = false }: ConfigChange) {
  const git = await loadGit();
  const readFile = async () => held.text;
  const writeFile = async (_: string, text: string) => {
    held.text = text;
  };
  const target = {
    fs: { promises: { ...seam.fs.promises, readFile, writeFile } },
    gitdir: seam.gitdir,
    path: key,
  };
  if (value !== null) return git.setConfig({ ...target, value, append });
  for (const _ of await git.getConfigAll(target)) await git.setConfig({ ...target, value: undefined });
}

/** What the changes should make of the settings, and of no others. */
function withChanges(config: Config, changes: readonly ConfigChange[]): Config {
  const result = new Map(config);
  for (const { key, value, append } of changes) {
    const values = result.get(normalized(key)) ?? [];
    if (value === null) result.delete(normalized(key));
    else result.set(normalized(key), [...(append ? values : values.slice(0, -1)), value]);
  }
  return result;
}

function unchangeable(path: string): StoreError {
  return new StoreError('unsupported', `${path} is written in a form that cannot be changed here`, {
    hint: 'change it with git config',
    data: { path },
  });
}

function normalized(key: string): string {
  const [start, end] = [key.indexOf('.'), key.lastIndexOf('.')];
  return key.slice(0, start).toLowerCase() + key.slice(start, end) + key.slice(end).toLowerCase();
}
