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

/** Links are not followed: they could lead out of the repository, or in a circle. */
function refFolders(gitDir: string): string[] {
  const folders: string[] = [];
  for (const waiting = [join(gitDir, 'refs')]; waiting.length > 0; ) {
    const folder = waiting.pop()!;
    folders.push(folder);
    const inner = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    waiting.push(...inner.map(({ name }) => join(folder, name)));
  }
  return folders;
}
