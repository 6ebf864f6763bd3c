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
