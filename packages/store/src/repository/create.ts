import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { StoreError, systemCode, translated } from '../errors.ts';
import { entryAt } from '../files/bounded.ts';
import { syncFolder, temporaryPath, writeSynced } from '../files/durable.ts';
import { encodeSettings } from './settings.ts';

/**
 * Creates an empty bare repository with the settings that large parts need. It is made whole in a temporary
 * folder beside the path, and appears with a rename. The parent folder must be there.
 *
 * Throws `exists` when anything stands at the path, `not-found` without the parent.
 */
export function createRepository(path: string): void {
  const gitDir = resolve(path);
  if (entryAt(gitDir) !== null) throw taken(gitDir);
  const temporary = temporaryPath(dirname(gitDir), { suffix: `-${basename(gitDir)}` });
  try {
    build(temporary);
    renameSync(temporary, gitDir);
    syncFolder(dirname(gitDir));
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw TAKEN.has(systemCode(error) ?? '')
      ? taken(gitDir)
      : translated(error, `create repository ${gitDir}`);
  }
}

/** What the rename of a folder onto another one answers, when two processes create one repository. */
const TAKEN: ReadonlySet<string> = new Set(['EEXIST', 'ENOTEMPTY', 'ENOTDIR']);

const FOLDERS = [
  '',
  'objects',
  join('objects', 'info'),
  join('objects', 'pack'),
  'refs',
  join('refs', 'heads'),
  join('refs', 'tags'),
];

function build(folder: string): void {
  for (const name of FOLDERS) mkdirSync(join(folder, name));
  writeSynced(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
  writeSynced(join(folder, 'config'), encodeSettings());
  for (const name of FOLDERS) syncFolder(join(folder, name));
}

function taken(gitDir: string): StoreError {
  return new StoreError('exists', `${gitDir}: there is something already`, { data: { path: gitDir } });
}
