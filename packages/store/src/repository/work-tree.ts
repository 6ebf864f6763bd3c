import * as fs from 'node:fs';
import { encodePerson, type Person } from '../objects/person.ts';
import { loadGit, translatedGit } from './git-library.ts';

export interface FirstCommit {
  readonly author: Person;
  readonly message: string;
}

/**
 * Makes an ordinary Git repository out of a folder that is none yet: branch `main`, with everything that is not
 * ignored in its first commit. Nobody else may be at work in the folder.
 */
export async function createWorkTree(folder: string, { author, message }: FirstCommit): Promise<void> {
  encodePerson(author);
  const git = await loadGit();
  const repository = { fs, dir: folder };
  const person = {
    name: author.name,
    email: author.email,
    timestamp: author.seconds,
    timezoneOffset: -offsetMinutes(author.timezone),
  };
  try {
    await git.init({ ...repository, defaultBranch: 'main' });
    await git.add({ ...repository, filepath: '.' });
    await git.commit({ ...repository, message, author: person, committer: person });
  } catch (error) {
    throw translatedGit(error, `make a Git repository in ${folder}`);
  }
}

/** `+0200` is 120; isomorphic-git counts the other way round, as `Date` does. */
function offsetMinutes(timezone: string): number {
  const minutes = Number(timezone.slice(1, 3)) * 60 + Number(timezone.slice(3));
  return timezone.startsWith('-') ? -minutes : minutes;
}
