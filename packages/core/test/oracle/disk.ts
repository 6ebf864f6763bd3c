import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of all files in a repository, except what Cairn keeps there for itself. */
export function bytesOf(gitDir: string): number {
  let size = 0;
  for (const entry of readdirSync(gitDir, { withFileTypes: true, recursive: true })) {
    const isOwn = entry.parentPath.startsWith(join(gitDir, 'cairn'));
    if (entry.isFile() && !isOwn) size += statSync(join(entry.parentPath, entry.name)).size;
  }
  return size;
}
