import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findAbandoned, sweepAbandoned } from '../files/abandoned.ts';
import { type FileOnDisk, fileAt } from './files-on-disk.ts';

/** Locks of the dead and temporary files beside the refs and the settings, all of which `git fsck` passes over. */
export function findAbandonedFiles(gitDir: string, now: Date): FileOnDisk[] {
  const amongRefs = refFolders(gitDir).flatMap((folder) => findAbandoned(folder, { now, locksOnly: true }));
  const paths = [...findAbandoned(gitDir, { now }), ...amongRefs];
  return paths.flatMap((path) => fileAt(dirname(path), basename(path)) ?? []);
}

/** The same in the folder where leases and locks of Cairn's own stand. */
export function sweepOwnFolder(gitDir: string, now: Date): void {
  for (const folder of [join(gitDir, 'cairn'), join(gitDir, 'cairn', 'leases')])
    sweepAbandoned(folder, { now });
}

function refFolders(gitDir: string): string[] {
  const refs = join(gitDir, 'refs');
  const entries = readdirSync(refs, { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  return [refs, ...folders.map(({ parentPath, name }) => join(parentPath, name))];
}
