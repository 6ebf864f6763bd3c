import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep, win32 } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CairnError } from '../../errors.ts';
import { checkFilePath } from '../../file-path.ts';
import type { Artifacts, Located } from './run-store.ts';

/** Where files are looked for that a URI says to be on this disk. */
export interface Places {
  /** The folder of all experiments. */
  readonly root: string;
  /** Where MLflow was started, which relative paths begin at: that of `mlruns` or of the database. */
  readonly workingFolder: string;
}

/**
 * Where the files that a URI names are on this disk. A project that was moved after its runs still names its old
 * place, so that the usual ones below the new place are looked at too. Throws `not-found` with all that were tried,
 * `unsupported` for what is not on a disk.
 */
export function locateOnDisk(artifacts: Artifacts, places: Places): Located {
  const tried = [...new Set(candidates(artifacts, places))];
  for (const folder of tried) {
    const real = realPath(withPath(folder, artifacts.path));
    if (real !== null) return { path: real, isOutside: !isInside(real, places.workingFolder) };
  }
  throw new CairnError('not-found', `${artifacts.what} are not at ${list(tried, artifacts.path)}`, {
    hint: 'was the project moved in part? name the folder that holds its mlruns with --uri',
    data: { uri: artifacts.uri, tried },
  });
}

function candidates({ what, uri, usual }: Artifacts, { root, workingFolder }: Places): string[] {
  const server = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*)$/s.exec(uri)?.[1];
  const named = server === undefined ? [pathOf(uri, what, workingFolder)] : [];
  const below = server === undefined ? usual : (checkedBelow(server, what) ?? usual);
  if (below === null) return named;
  return [
    ...named,
    join(root, below),
    join(workingFolder, 'mlruns', below),
    join(workingFolder, 'mlartifacts', below),
  ];
}

/** What a server would keep below its own folder. */
function checkedBelow(path: string, what: string): string | null {
  if (path === '') return null;
  if (path.split('/').some((component) => component === '..' || component === '')) {
    throw new CairnError(
      'hostile',
      `${what} are said to be at ${JSON.stringify(path)}, outside of their folder`,
      {
        hint: 'do not trust where this store came from',
      },
    );
  }
  return path;
}

/** `file:` URIs and paths, absolute ones and others. */
function pathOf(uri: string, what: string, workingFolder: string): string {
  if (win32.isAbsolute(uri) && /^[A-Za-z]:/.test(uri)) return resolve(uri);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined) return resolve(workingFolder, uri);
  if (scheme !== 'file') throw elsewhere(what, uri, scheme);
  try {
    return fileURLToPath(uri);
  } catch (cause) {
    throw new CairnError('unsupported', `${what} are at ${uri}, which is no path on this machine`, {
      hint: 'copy them here, and name their folder as a path',
      cause,
    });
  }
}

/** Object stores have keys and tools of their own. */
export function elsewhere(what: string, uri: string, scheme: string): CairnError {
  return new CairnError(
    'unsupported',
    `${what} are at ${withoutSecrets(uri)}, and ${scheme} cannot be read here`,
    {
      hint: 'fetch them with `mlflow artifacts download`, and add the folder that it makes',
      data: { scheme },
    },
  );
}

/** A URI as it may be shown: without user, password and what stands after a question mark. */
export function withoutSecrets(uri: string): string {
  return uri.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/@]*@/, '$1').replace(/\?.*$/s, '');
}

function withPath(folder: string, path: string | undefined): string {
  return path === undefined ? folder : join(folder, checkFilePath(path));
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function isInside(path: string, folder: string): boolean {
  const inside = relative(realPath(folder) ?? folder, path);
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}

function list(folders: readonly string[], path: string | undefined): string {
  const named = folders.map((folder) => withPath(folder, path));
  return named.length > 1 ? `${named.slice(0, -1).join(', ')} or ${named.at(-1)}` : (named[0] ?? 'no place');
}
