import type { Dirent } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import picomatch from 'picomatch';
import type { PackageManifest } from '../packages/manifest.ts';

/**
 * Removes from a package's folder what its manifest does not want to be there once everything is loaded: files and
 * folders that match the globs of each model with the policy `after-load`. Links are removed, and never followed.
 */
export async function cleanUpAfterLoad(folder: string, { models }: PackageManifest): Promise<void> {
  const globs = models.flatMap(({ cleanup }) => (cleanup.policy === 'after-load' ? cleanup.files : []));
  if (globs.length === 0) return;
  const matchers = globs.map((glob) => picomatch(trimmed(glob), { dot: true }));
  await removeMatching(folder, '', (path) => matchers.some((matches) => matches(path)));
}

/** A folder may be named as a folder. */
function trimmed(glob: string): string {
  return glob.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
}

async function removeMatching(
  folder: string,
  above: string,
  matches: (path: string) => boolean,
): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    const path = `${above}${entry.name}`;
    if (matches(path)) await removeUnlessInUse(join(folder, entry.name));
    else if (entry.isDirectory()) await removeMatching(join(folder, entry.name), `${path}/`, matches);
  }
}

/** Windows keeps what somebody has open: it goes when the package is closed. */
async function removeUnlessInUse(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (sep === '/') throw error;
  }
}

function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true });
}
