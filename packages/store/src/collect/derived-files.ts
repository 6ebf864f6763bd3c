import { join } from 'node:path';
import { type FileOnDisk, filesIn } from './files-on-disk.ts';
import { packFolderOf } from './pack-folder.ts';

/**
 * What Git has computed from the list of packs: multi-pack indexes with their bitmaps, and the list for plain
 * HTTP. Git reads through a multi-pack index into packs that are gone, so it must go before them; Git makes
 * all of these anew when it is next told to.
 */
export function filesAboutPacks(gitDir: string): FileOnDisk[] {
  const folder = packFolderOf(gitDir);
  return [
    ...filesIn(folder, (name) => /^multi-pack-index(?:-[0-9a-f]{40}\.(?:bitmap|rev))?$/.test(name)),
    ...filesIn(join(folder, 'multi-pack-index.d')),
    ...filesIn(join(gitDir, 'objects', 'info'), (name) => name === 'packs'),
  ];
}

/** What Git has computed from commits: `git fsck` takes one that lists a commit which is gone for damage. */
export function filesAboutCommits(gitDir: string): FileOnDisk[] {
  const info = join(gitDir, 'objects', 'info');
  return [...filesIn(info, (name) => name === 'commit-graph'), ...filesIn(join(info, 'commit-graphs'))];
}
