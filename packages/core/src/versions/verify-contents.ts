import { extractFiles, type FileContent, type Repository, type StoreError } from '@cairn/store';
import { asCairnError, asReadingError, type CairnError, type CairnErrorCode } from '../errors.ts';
import type { Unlock } from '../keys/unlock.ts';
import type { LazyRepository } from '../lazy/lazy-repository.ts';
import type { TaskOptions } from '../progress.ts';
import type { SealedFindings, SealedVerifier } from '../sealing/verify-sealed.ts';
import type { StoredVersion, VersionTarget } from './version-repository.ts';

/** Something that is not as it should be, in one file or in the version itself. */
export interface VerificationProblem {
  readonly path?: string;
  readonly code: CairnError['code'];
  readonly message: string;
}

/** A version that leads to all of its contents, which are still to be read. */
export interface Checkup {
  readonly target: VersionTarget;
  readonly stored: StoredVersion;
  readonly contents: readonly FileContent[];
  readonly problems: VerificationProblem[];
}

export interface ContentOptions extends TaskOptions {
  /** What sealed versions are opened with, to check them to their last byte. */
  readonly unlock?: Unlock;
}

/**
 * Reads what is stored of versions, then what is sealed in it, as far as it can be opened; what versions share once.
 * What a lazy clone lacks is brought first.
 * Problems go into the checkups, and what was found in sealed versions comes back.
 */
export async function checkContents(
  repository: LazyRepository,
  checkups: readonly Checkup[],
  options: ContentOptions,
): Promise<ReadonlyMap<Checkup, SealedFindings>> {
  const jobs = distinctContents(checkups);
  const sealed = checkups.filter(isSealed);
  const progress = progressOver(jobs, options.unlock ? distinctContents(sealed) : [], options);
  const notBrought = await bringAll(repository, checkups);
  await checkStored(repository, jobs, { signal: options.signal, onProgress: progress.onStored, notBrought });
  return checkSealed(repository, sealed, { ...options, onBytes: progress.onOpened });
}

/** Why what is missing could not be brought. It is told of the files that lack it, and the others are checked. */
async function bringAll(
  repository: LazyRepository,
  checkups: readonly Checkup[],
): Promise<CairnError | null> {
  const what = [...new Set(checkups.map(({ target: { model, version } }) => `${model}@${version}`))];
  const parts = checkups.flatMap(({ contents }) => contents).flatMap((content) => content.parts);
  try {
    await repository.bring?.({ what: what.length === 1 ? what[0]! : `what is checked`, parts });
    return null;
  } catch (error) {
    const problem = asCairnError(error);
    if (!NOT_BROUGHT.has(problem.code)) throw problem;
    return problem;
  }
}

const NOT_BROUGHT: ReadonlySet<CairnErrorCode> = new Set(['not-found', 'network', 'unsupported']);

export function isSealed({ stored }: Checkup): boolean {
  return stored.document.type === 'packaged-encrypted';
}

export function problemOf({ code, message }: CairnError, path?: string): VerificationProblem {
  return { ...(path !== undefined && { path }), code, message };
}

/** What is stored, with all versions that it is in. */
interface DistinctContent {
  readonly content: FileContent;
  readonly in: Checkup[];
}

function distinctContents(checkups: readonly Checkup[]): DistinctContent[] {
  const distinct = new Map<string, DistinctContent>();
  for (const checkup of checkups) {
    for (const content of checkup.contents) {
      const key = `${content.sha256} ${content.parts.map(({ id }) => id).join(' ')}`;
      const known = distinct.get(key);
      if (known) known.in.push(checkup);
      else distinct.set(key, { content, in: [checkup] });
    }
  }
  return [...distinct.values()];
}

function sizeOf(contents: readonly DistinctContent[]): number {
  return contents.reduce((sum, { content }) => sum + content.size, 0);
}

type Done = { readonly bytes: number; readonly files: number };

/** The size of a sealed version is taken for that of what is in it, which is known once it is open. */
function progressOver(
  stored: readonly DistinctContent[],
  sealed: readonly DistinctContent[],
  { onProgress }: TaskOptions,
) {
  const total = sizeOf(stored) + sizeOf(sealed);
  const report = (done: number, files: number) =>
    onProgress?.({ phase: 'verifying', done, total, files: { done: files, total: stored.length } });
  return {
    onStored: ({ bytes, files }: Done) => report(bytes, files),
    onOpened: (bytes: number) => report(Math.min(sizeOf(stored) + bytes, total), stored.length),
  };
}

interface Reading {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (done: Done) => void;
  readonly notBrought: CairnError | null;
}

async function checkStored(
  repository: Repository,
  jobs: readonly DistinctContent[],
  { signal, onProgress, notBrought }: Reading,
): Promise<void> {
  const failed = await extractFiles(
    repository,
    jobs.map(({ content }) => ({ content })),
    { checkObjects: true, ...(signal && { signal }), onProgress },
  );
  for (const { number, error } of failed) {
    const { content, in: affected } = jobs[number]!;
    const isLeftOut = notBrought !== null && error.data.promised === true;
    const problem = isLeftOut ? notBrought : asProblem(error, content);
    for (const { problems } of affected) problems.push(problemOf(problem, content.path));
  }
}

/** Only what is missing needs to be told apart: all else names the file. */
function asProblem(error: StoreError, { path }: FileContent): CairnError {
  return asCairnError(error.code === 'not-found' ? asReadingError(path, error) : error);
}

/** Of versions that are damaged as they are stored, nothing is opened. */
async function checkSealed(
  repository: LazyRepository,
  sealed: readonly Checkup[],
  { unlock, signal, onBytes }: ContentOptions & { readonly onBytes: (bytes: number) => void },
): Promise<ReadonlyMap<Checkup, SealedFindings>> {
  const findings = new Map<Checkup, SealedFindings>();
  if (sealed.length === 0) return findings;
  const { SealedVerifier } = await import('../sealing/verify-sealed.ts');
  const verifier: SealedVerifier = new SealedVerifier(repository, { unlock, signal, onBytes });
  try {
    for (const checkup of sealed.filter(({ problems }) => problems.length === 0)) {
      findings.set(checkup, await verifier.verify(checkup.target, checkup.stored));
    }
  } finally {
    verifier.close();
  }
  return findings;
}
