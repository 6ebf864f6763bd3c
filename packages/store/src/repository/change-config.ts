import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { writeFileDurably } from '../files/durable.ts';
import { acquireLock } from '../files/lock.ts';
import type { Patience } from '../files/patience.ts';
import { parseConfig } from './config-text.ts';
import { loadGit } from './git-library.ts';
import type { Repository } from './open.ts';
import { readConfigText } from './read-config.ts';
import { createSeam } from './seam.ts';

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
 * memory, read back, and replaced as a whole. Lines that are not concerned stay as they are.
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
    const held = { text: readConfigText(repository.gitDir) };
    for (const change of changes) await changeText(repository, held, change);
    checkResult(path, held.text, changes);
    writeFileDurably(path, held.text);
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

async function changeText(
  repository: Pick<Repository, 'gitDir' | 'objects'>,
  held: { text: string },
  { key, value, append = false }: ConfigChange,
): Promise<void> {
  const git = await loadGit();
  const { fs, gitdir } = createSeam(repository);
  const readFile = async () => held.text;
  const writeFile = async (_: string, text: string) => {
    held.text = text;
  };
  const target = { fs: { promises: { ...fs.promises, readFile, writeFile } }, gitdir, path: key };
  if (value !== null) return git.setConfig({ ...target, value, append });
  const values = await git.getConfigAll(target);
  for (const _ of values) await git.setConfig({ ...target, value: undefined });
}

/** Only the last change of a key shows in the result. */
function checkResult(path: string, text: string, changes: readonly ConfigChange[]): void {
  const config = parseConfig(text);
  for (const { key, value } of new Map(changes.map((change) => [normalized(change.key), change])).values()) {
    const values = config.get(normalized(key)) ?? [];
    if (value === (values.at(-1) ?? null)) continue;
    throw new StoreError('unsupported', `${path}: ${key} cannot be set in a file of this form`, {
      hint: `run git config ${key} in the repository`,
    });
  }
}

function normalized(key: string): string {
  const [start, end] = [key.indexOf('.'), key.lastIndexOf('.')];
  return key.slice(0, start).toLowerCase() + key.slice(start, end) + key.slice(end).toLowerCase();
}
