import { rename, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { syncFolder, systemCode } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { lazily } from '../lazy/lazy-repository.ts';
import { type TaskOptions, taskOf } from '../progress.ts';
import { makeFolder, withFolder } from '../registry/make-folder.ts';
import type { Registry } from '../registry/registry.ts';
import type { VersionFileEntry } from '../schema/version.ts';
import { openAside, sweepAsides } from './aside.ts';
import { compareDestination, type DestinationState, platformPath } from './destination.ts';
import type { Extraction, FailedExtraction } from './extraction.ts';
import { openExtraction, type VersionOpening } from './open-extraction.ts';
import { selectFiles } from './select.ts';
import { type ReferenceInput, versionOrLatest, withVersion } from './show.ts';

export interface TakeOutOptions extends TaskOptions, VersionOpening {
  /** Paths and globs of the files wanted; all when left out. */
  readonly only?: readonly string[];
  /** Replaces files of the destination that the version has too; others are left alone. */
  readonly force?: boolean;
}

export interface TakenOut {
  /** Absolute path of the folder. */
  readonly destination: string;
  /** Files written. */
  readonly files: number;
  /** Bytes written. */
  readonly bytes: number;
  /** Files that were there already, with the right content. */
  readonly unchanged: number;
}

/**
 * Writes the files of a version into a folder, each checked against its SHA-256 before it gets its name. A new
 * folder appears whole; in one that is there, files are replaced one by one, and those that are right already
 * are not touched. A sealed version is opened, unless its sealed files are wanted. Throws `refused` when the folder
 * holds something else and `force` is not set, or when a version is sealed and there is nothing to open it with;
 * `wrong-key` when that does not open it; `damaged` when the registry is.
 */
export function takeOut(
  registry: Registry,
  reference: ReferenceInput,
  destination: string,
  options: TakeOutOptions = {},
): Promise<TakenOut> {
  return atBorder(() =>
    withVersion(registry, versionOrLatest(reference), async (repository, target, stored) => {
      const what = `${target.model}@${target.version}`;
      const lazy = lazily(registry, repository, taskOf(options));
      await using extraction = await openExtraction(lazy, { target, stored }, options);
      const chosen = selectFiles(extraction.files, options.only, what);
      await extraction.find(chosen);
      const folder = resolve(destination);
      const state = await compareDestination(folder, chosen, { ...options, others: extraction.files });
      await sweepLeftovers(folder, registry.environment.now());
      const writing = { files: chosen, what, options };
      if (state.kind === 'new') await writeNewFolder(extraction, folder, writing);
      else await updateFolder(extraction, folder, { ...writing, state });
      const wrong = state.kind === 'new' ? chosen : state.wrong;
      return {
        destination: folder,
        files: wrong.length,
        bytes: wrong.reduce((sum, { size }) => sum + size, 0),
        unchanged: chosen.length - wrong.length,
      };
    }),
  );
}

interface Writing {
  readonly files: readonly VersionFileEntry[];
  readonly what: string;
  readonly options: TakeOutOptions;
}

/** What folders are called in which files gather, within the destination and beside it. */
const PREFIX_WITHIN = '.cairn-';

function prefixBeside(folder: string): string {
  return `.${basename(folder)}.`;
}

async function sweepLeftovers(folder: string, now: Date): Promise<void> {
  await sweepAsides(dirname(folder), { prefix: prefixBeside(folder), now });
  await sweepAsides(folder, { prefix: PREFIX_WITHIN, now });
}

/** Fills a folder beside the destination and gives it its name when all of it is right. Else nothing stays. */
async function writeNewFolder(extraction: Extraction, folder: string, writing: Writing): Promise<void> {
  await withFolder(dirname(folder), async () => {
    const aside = await openAside(dirname(folder), prefixBeside(folder));
    try {
      await writeFiles(extraction, writing, (path) => join(aside.files, platformPath(path)));
      await placeFolder(aside.files, folder);
      syncFolder(dirname(folder));
    } finally {
      await aside.remove();
    }
  });
}

/** What stands in the way of a folder that is to have the name of another one. */
const TAKEN: ReadonlySet<string> = new Set(['EEXIST', 'ENOTEMPTY', 'ENOTDIR']);

/** Takes the place of an empty folder at most: it was one, or none, when the work began. */
async function placeFolder(from: string, folder: string): Promise<void> {
  try {
    await rmdir(folder).catch(ignoreMissing);
    await rename(from, folder);
  } catch (error) {
    if (!TAKEN.has(systemCode(error) ?? '')) throw error;
    throw new CairnError('conflict', `${folder}: somebody else has put something there meanwhile`, {
      hint: 'look at what it is, then try again',
      data: { path: folder },
    });
  }
}

/** Writes what is missing or differs beside its place, and renames each when all of them are right. */
async function updateFolder(
  extraction: Extraction,
  folder: string,
  { state, ...writing }: Writing & { readonly state: DestinationState & { kind: 'there' } },
): Promise<void> {
  const files = state.wrong;
  if (files.length === 0) return;
  const aside = await openAside(folder, PREFIX_WITHIN);
  try {
    await writeFiles(extraction, { ...writing, files }, (path) => join(aside.files, platformPath(path)));
    for (const { path } of files) await moveInto(aside.files, folder, path);
    syncFolder(folder);
  } finally {
    await aside.remove();
  }
}

async function moveInto(aside: string, folder: string, path: string): Promise<void> {
  const to = join(folder, platformPath(path));
  await makeFolder(dirname(to));
  await rename(join(aside, platformPath(path)), to);
}

async function writeFiles(
  extraction: Extraction,
  { files, what, options }: Writing,
  place: (path: string) => string,
): Promise<void> {
  const folders = new Set(files.map(({ path }) => dirname(place(path))));
  for (const folder of folders) await makeFolder(folder);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const jobs = files.map((file) => ({
    file,
    write: { to: place(file.path), executable: file.executable ?? false },
  }));
  const failed = await extraction.extract(jobs, {
    ...(options.signal && { signal: options.signal }),
    onProgress: ({ bytes, files: done }) =>
      options.onProgress?.({ phase: 'writing', done: bytes, total, files: { done, total: files.length } }),
  });
  const [first] = failed;
  if (first === undefined) return;
  throw failedFiles(
    failed.map(({ error }) => error),
    { what, path: files[first.number]!.path },
  );
}

/** Names the version and the first file that failed. */
function failedFiles(
  errors: readonly FailedExtraction['error'][],
  { what, path }: { what: string; path: string },
): CairnError {
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const first = errors[0]!.message;
  const message = `${what} cannot be taken out: ${first.includes(path) ? first : `${path}: ${first}`}${more}`;
  if (errors.every(({ data }) => data.promised)) {
    return new CairnError('not-found', message, {
      hint: 'what was fetched has been dropped meanwhile: try again',
    });
  }
  return new CairnError('damaged', message, {
    hint: `see all that is damaged with \`cairn verify ${what}\`; take the version from another clone`,
  });
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
