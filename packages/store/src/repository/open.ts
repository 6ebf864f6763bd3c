import { join, resolve } from 'node:path';
import { StoreError } from '../errors.ts';
import { entryAt } from '../files/bounded.ts';
import { type ObjectStore, openObjectStore } from '../pack/object-store.ts';
import { type Config, parseBoolean } from './config-text.ts';
import { readConfig } from './read-config.ts';

/** A bare Git repository that this program can work with. */
export interface Repository {
  /** Absolute path of its folder. */
  readonly gitDir: string;
  readonly objects: ObjectStore;
  /** Closes its files. The repository must not be used afterwards. */
  close(): void;
}

/**
 * Opens a bare repository, whoever made it.
 *
 * Throws `not-found` when there is nothing, and `unsupported`, naming what was found, for what is not a bare
 * repository or asks for more than this program knows: another hash, another store of refs, borrowed objects,
 * any extension but partial clones.
 */
export function openRepository(path: string): Repository {
  return openAs(resolve(path), true);
}

/** Opens the repository `.git` of a folder with a working tree. Throws as {@link openRepository} does. */
export function openWorkTree(folder: string): Repository {
  return openAs(join(resolve(folder), '.git'), false);
}

function openAs(gitDir: string, isBare: boolean): Repository {
  checkLayout(gitDir);
  checkConfig(gitDir, readConfig(gitDir), isBare);
  const objects = openObjectStore(gitDir);
  return { gitDir, objects, close: () => objects.close() };
}

function checkLayout(gitDir: string): void {
  if (entryAt(gitDir) === null) throw new StoreError('not-found', `${gitDir}: no such repository`);
  const missing = ['HEAD', 'objects', 'refs', 'config'].find((name) => entryAt(join(gitDir, name)) === null);
  if (missing === undefined) return;
  throw new StoreError(
    'unsupported',
    `${gitDir}: expected a bare Git repository, got a folder without ${missing}`,
  );
}

function checkConfig(gitDir: string, config: Config, isBare: boolean): void {
  const unsupported = (expected: string, found: string) =>
    new StoreError('unsupported', `${gitDir}: expected ${expected}, got ${found}`);
  if ((parseBoolean(config.get('core.bare')?.at(-1) ?? 'false') ?? false) !== isBare) {
    const [bare, other] = ['a bare repository', 'one with a working tree'];
    throw isBare ? unsupported(bare, other) : unsupported(other, bare);
  }
  const version = config.get('core.repositoryformatversion')?.at(-1) ?? '0';
  if (!['0', '1'].includes(version)) throw unsupported('repository format 0 or 1', JSON.stringify(version));
  for (const [key, values] of config) {
    const value = values.at(-1) ?? '';
    if (key.startsWith('extensions.') && !isKnownExtension(key.slice('extensions.'.length), value)) {
      throw unsupported('no extension but partialClone', `${key} = ${JSON.stringify(value)}`);
    }
  }
}

function isKnownExtension(name: string, value: string): boolean {
  const normal: Readonly<Record<string, string>> = { objectformat: 'sha1', refstorage: 'files' };
  return name === 'partialclone' || name === 'noop' || normal[name] === value;
}
