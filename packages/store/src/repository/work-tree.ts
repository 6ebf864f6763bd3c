import * as fs from 'node:fs';
import type { Person } from '../objects/person.ts';
import { loadGit, translatedGit } from './git-library.ts';
import { toLibraryPerson } from './library-person.ts';

export interface FirstCommit {
  readonly author: Person;
  readonly message: string;
}

/**
 * Makes an ordinary Git repository out of a folder that is none yet: branch `main`, with everything that is not
 * ignored in its first commit. Nobody else may be at work in the folder.
 */
export async function createWorkTree(folder: string, { author, message }: FirstCommit): Promise<void> {
  const person = toLibraryPerson(author);
  const git = await loadGit();
  const repository = { fs, dir: folder };
  try {
    await git.init({ ...repository, defaultBranch: 'main' });
    await git.add({ ...repository, filepath: '.' });
    await git.commit({ ...repository, message, author: person, committer: person });
  } catch (error) {
    throw translatedGit(error, `make a Git repository in ${folder}`);
  }
}

/** Makes an empty Git repository out of a folder that is none yet, with nothing in it but its settings. */
export async function createEmptyWorkTree(folder: string): Promise<void> {
  const git = await loadGit();
  try {
    await git.init({ fs, dir: folder, defaultBranch: 'main' });
  } catch (error) {
    throw translatedGit(error, `make a Git repository in ${folder}`);
  }
}

/** Files of a working tree, by paths within it, that were written or removed. */
export interface WorkTreeChanges {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/** Takes files as they are in a working tree into Git's index, as `git add` and `git rm --cached` do. */
export async function recordInIndex(folder: string, { written, removed }: WorkTreeChanges): Promise<void> {
  const git = await loadGit();
  try {
    for (const filepath of removed) await git.remove({ fs, dir: folder, filepath });
    for (const filepath of written) await git.add({ fs, dir: folder, filepath, force: true });
  } catch (error) {
    throw translatedGit(error, `update the index of ${folder}`);
  }
}
