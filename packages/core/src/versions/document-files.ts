import { CairnError } from '../errors.ts';
import { filePathProblem, foldedPath } from '../file-path.ts';
import type { VersionDocument, VersionFileEntry } from '../schema/version.ts';

/**
 * Checks the files that `version.json` lists before anything is done with them: whoever wrote the repository
 * may have meant harm. Throws `hostile` for paths that would leave the folder they are taken out to, that two
 * platforms would see differently, or that collide.
 */
export function checkDocumentFiles({ files }: VersionDocument, what: string): void {
  checkFilePaths(files, what);
}

/** The same for any list of files that somebody else wrote. */
export function checkFilePaths(
  files: readonly Pick<VersionFileEntry, 'path' | 'parts'>[],
  what: string,
): void {
  const seen = new Set<string>();
  for (const { path, parts } of files) {
    refuse(filePathProblem(path), path, what);
    if (parts !== undefined) refuse(partsProblem(parts), path, what);
    const folded = foldedPath(path);
    if (seen.has(folded)) refuse('another file has this path, or one that differs only in case', path, what);
    seen.add(folded);
  }
  for (const { path } of files) {
    const folded = foldedPath(path);
    for (let end = folded.lastIndexOf('/'); end > 0; end = folded.lastIndexOf('/', end - 1)) {
      if (seen.has(folded.slice(0, end))) refuse('it lies in a folder that is itself a file', path, what);
    }
  }
}

/** Where a file's blob or folder of parts stands in the tree of `files/`. */
export function treePath({ path, parts }: VersionFileEntry): string {
  if (parts === undefined) return path;
  return path.slice(0, path.lastIndexOf('/') + 1) + parts;
}

function partsProblem(name: string): string | null {
  const problem = filePathProblem(name) ?? (name.includes('/') ? 'it is more than one name' : null);
  return problem && `of its folder of parts, ${JSON.stringify(name.slice(0, 200))}, ${problem}`;
}

function refuse(problem: string | null, path: string, what: string): void {
  if (problem === null) return;
  throw new CairnError(
    'hostile',
    `${what} lists the file ${JSON.stringify(path.slice(0, 200))}, which is refused: ${problem}`,
    {
      hint: 'do not trust where this repository came from',
      data: { path },
    },
  );
}
