import {
  extractFiles,
  type FileContent,
  type ObjectId,
  type Repository,
  readRef,
  type StoreError,
} from '@cairn/store';
import { asCairnError, asReadingError, atBorder, type CairnError } from '../errors.ts';
import { readMain } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { type ReferenceInput, versionReference } from './show.ts';
import { contentFinder } from './version-content.ts';
import {
  hasGone,
  readStoredVersion,
  resolveVersionName,
  unknownVersion,
  type VersionTarget,
} from './version-repository.ts';
import { TAG_PREFIX, versionTags } from './version-tags.ts';

/** Something that is not as it should be, in one file or in the version itself. */
export interface VerificationProblem {
  readonly path?: string;
  readonly code: CairnError['code'];
  readonly message: string;
}

export interface Verification {
  readonly model: string;
  /** `null` when it is the model itself that cannot be read. */
  readonly version: string | null;
  readonly ok: boolean;
  /** Number of files that were checked. */
  readonly files: number;
  readonly bytes: number;
  readonly problems: readonly VerificationProblem[];
}

/** Reads every byte of a version and checks each object against its id and each file against its SHA-256. */
export function verifyVersion(
  registry: Registry,
  reference: ReferenceInput,
  options: TaskOptions = {},
): Promise<Verification> {
  return atBorder(async () => {
    const { model, version } = versionReference(reference);
    return withModel(registry, model, async (repository) => {
      const name = await resolveVersionName(repository, registry, { model, version });
      const tag = readRef(repository.gitDir, TAG_PREFIX + name);
      const [verification] = await verifyVersions(repository, [{ model, version: name, tag }], options);
      if (verification === undefined) throw unknownVersion(model, name);
      return verification;
    });
  });
}

/** Verifies all versions of a model; what they share is read once. A branch main that cannot be read is reported too. */
export function verifyModel(
  registry: Registry,
  model: string,
  options: TaskOptions = {},
): Promise<Verification[]> {
  return atBorder(() =>
    withModel(registry, model, async (repository) => {
      const tags = await versionTags(repository, registry, model);
      const targets = tags.map(({ name, tag }) => ({ model, version: name, tag }));
      return [
        ...(await verifyMain(repository, model)),
        ...(await verifyVersions(repository, targets, options)),
      ];
    }),
  );
}

/** Without main the names of versions may be lost as well, and then nothing else would tell. */
async function verifyMain(repository: Repository, model: string): Promise<Verification[]> {
  try {
    await readMain(repository, model);
    return [];
  } catch (error) {
    return [failure({ model, version: null }, asCairnError(error))];
  }
}

/** Verifies every version of every model. A model that cannot be read is reported, and the others go on. */
export function verifyRegistry(registry: Registry, options: TaskOptions = {}): Promise<Verification[]> {
  return atBorder(async () => {
    const all: Verification[] = [];
    for (const model of await modelNames(registry)) {
      try {
        all.push(...(await verifyModel(registry, model, options)));
      } catch (error) {
        const problem = asCairnError(error);
        if (problem.code === 'cancelled') throw problem;
        all.push(failure({ model, version: null }, problem));
      }
    }
    return all;
  });
}

interface Checkup {
  readonly target: VersionTarget;
  readonly contents: readonly FileContent[];
  readonly problems: VerificationProblem[];
}

/** A version, as it was when verifying began; null for one whose ref cannot be read. */
interface TaggedTarget extends VersionTarget {
  readonly tag: ObjectId | null;
}

/** Versions that were deleted meanwhile, which waits for no reader, are left out. */
async function verifyVersions(
  repository: Repository,
  targets: readonly TaggedTarget[],
  options: TaskOptions,
): Promise<Verification[]> {
  const checkups: (Checkup | Verification)[] = [];
  for (const { model, version } of targets) checkups.push(await prepare(repository, { model, version }));
  await checkContents(repository, checkups.filter(isCheckup), options);
  const isOver = (index: number) => hasGone(repository, targets[index]!.version, targets[index]!.tag);
  const all = checkups.map((checkup) => (isCheckup(checkup) ? finished(checkup) : checkup));
  return all.filter(({ ok }, index) => ok || !isOver(index));
}

/** Everything but the contents: tag, commit, trees and `version.json`, which must lead to every file. */
async function prepare(repository: Repository, target: VersionTarget): Promise<Checkup | Verification> {
  const what = `${target.model}@${target.version}`;
  try {
    const stored = await readStoredVersion(repository, target);
    const finder = contentFinder(repository, stored, what);
    const contents: FileContent[] = [];
    const problems: VerificationProblem[] = [];
    for (const file of stored.document.files) {
      try {
        contents.push(await finder.find(file));
      } catch (error) {
        problems.push(problemOf(asCairnError(error), file.path));
      }
    }
    return { target, contents, problems };
  } catch (error) {
    return failure(target, asCairnError(error));
  }
}

/** Reads each distinct content once, however many versions and files share it. */
async function checkContents(
  repository: Repository,
  checkups: readonly Checkup[],
  options: TaskOptions,
): Promise<void> {
  const distinct = new Map<string, { content: FileContent; in: Checkup[] }>();
  for (const checkup of checkups) {
    for (const content of checkup.contents) {
      const key = `${content.sha256} ${content.parts.map(({ id }) => id).join(' ')}`;
      const known = distinct.get(key);
      if (known) known.in.push(checkup);
      else distinct.set(key, { content, in: [checkup] });
    }
  }
  const jobs = [...distinct.values()];
  const total = jobs.reduce((sum, { content }) => sum + content.size, 0);
  const failed = await extractFiles(
    repository,
    jobs.map(({ content }) => ({ content })),
    {
      checkObjects: true,
      ...(options.signal && { signal: options.signal }),
      onProgress: ({ bytes, files }) =>
        options.onProgress?.({
          phase: 'verifying',
          done: bytes,
          total,
          files: { done: files, total: jobs.length },
        }),
    },
  );
  for (const { number, error } of failed) {
    const { content, in: affected } = jobs[number]!;
    for (const { problems } of affected) problems.push(problemOf(asProblem(error, content), content.path));
  }
}

/** Only what is missing needs to be told apart: all else names the file. */
function asProblem(error: StoreError, { path }: FileContent): CairnError {
  return asCairnError(error.code === 'not-found' ? asReadingError(path, error) : error);
}

function isCheckup(checkup: Checkup | Verification): checkup is Checkup {
  return 'contents' in checkup;
}

function finished({ target, contents, problems }: Checkup): Verification {
  return {
    ...target,
    ok: problems.length === 0,
    files: contents.length,
    bytes: contents.reduce((sum, { size }) => sum + size, 0),
    problems,
  };
}

function failure(
  target: { readonly model: string; readonly version: string | null },
  error: CairnError,
): Verification {
  return { ...target, ok: false, files: 0, bytes: 0, problems: [problemOf(error)] };
}

function problemOf({ code, message }: CairnError, path?: string): VerificationProblem {
  return { ...(path !== undefined && { path }), code, message };
}
