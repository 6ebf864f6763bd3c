import { type FileContent, type ObjectId, type Repository, readRef } from '@cairn/store';
import { asCairnError, atBorder, type CairnError } from '../errors.ts';
import { type LazyRepository, lazily } from '../lazy/lazy-repository.ts';
import { readMain } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { taskOf } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { SealedFindings } from '../sealing/verify-sealed.ts';
import { mainSignatureProblems } from '../signing/main-signatures.ts';
import type { SignatureCheck } from '../signing/verdict.ts';
import { VersionSignatures } from '../signing/version-signatures.ts';
import { type ReferenceInput, versionReference } from './show.ts';
import {
  type Checkup,
  type ContentOptions,
  checkContents,
  isSealed,
  problemOf,
  type VerificationProblem,
} from './verify-contents.ts';
import { contentFinder } from './version-content.ts';
import {
  hasGone,
  readStoredVersion,
  resolveVersionName,
  unknownVersion,
  type VersionTarget,
} from './version-repository.ts';
import { TAG_PREFIX, versionTags } from './version-tags.ts';

export type { VerificationProblem } from './verify-contents.ts';

export interface VerifyOptions extends ContentOptions {
  /** Whether a version that does not open is an error; so it is for a secret that is named when left out. */
  readonly mustOpen?: boolean;
}

export interface Verification {
  readonly model: string;
  /** `null` when it is the model itself that cannot be read. */
  readonly version: string | null;
  readonly ok: boolean;
  /** Number of files that were checked: those of the package where a sealed version was opened. */
  readonly files: number;
  readonly bytes: number;
  /** Whether a sealed version was opened, and checked to its last byte; `null` for one that is not sealed. */
  readonly opened: boolean | null;
  /** Who signed it; left out where nobody has, and of the model itself. */
  readonly signature?: SignatureCheck;
  readonly problems: readonly VerificationProblem[];
}

/**
 * Reads every byte of a version and checks each object against its id and each file against its SHA-256; what a lazy
 * clone lacks is fetched for that. With
 * something to open a sealed one with, that goes for what is in it too. Throws `wrong-key`, or `refused` for a key that
 * is not kept safely, when it must be opened and is not.
 */
export function verifyVersion(
  registry: Registry,
  reference: ReferenceInput,
  options: VerifyOptions = {},
): Promise<Verification> {
  return atBorder(async () => {
    const { model, version } = versionReference(reference);
    return withModel(registry, model, async (repository) => {
      const name = await resolveVersionName(repository, registry, { model, version });
      const tag = readRef(repository.gitDir, TAG_PREFIX + name);
      const [verified] = await verifyVersions(
        lazily(registry, repository, taskOf(options)),
        [{ model, version: name, tag }],
        options,
      );
      if (verified === undefined) throw unknownVersion(model, name);
      const { unlock, mustOpen = unlock?.secret !== undefined } = options;
      if (verified.notOpened && mustOpen) throw verified.notOpened;
      const signatures = await VersionSignatures.open(registry, repository, { model });
      return signedBy(signatures, verified.verification, tag);
    });
  });
}

/** Verifies all versions of a model; what they share is read once. A branch main that cannot be read is reported too. */
export function verifyModel(
  registry: Registry,
  model: string,
  options: VerifyOptions = {},
): Promise<Verification[]> {
  return atBorder(() =>
    withModel(registry, model, async (repository) => {
      const tags = await versionTags(repository, registry, model);
      const targets = tags.map(({ name, tag }) => ({ model, version: name, tag }));
      const all = await verifyMain(registry, repository, { model, signal: options.signal });
      const tagOf = new Map(targets.map(({ version, tag }) => [version, tag]));
      const verified = await verifyVersions(lazily(registry, repository, taskOf(options)), targets, options);
      const signatures = await VersionSignatures.open(registry, repository, { model });
      for (const { verification } of verified) {
        const tag = tagOf.get(verification.version ?? '') ?? null;
        all.push(await signedBy(signatures, verification, tag));
      }
      return all;
    }),
  );
}

/** Without main the names of versions may be lost as well, and then nothing else would tell. */
async function verifyMain(
  registry: Registry,
  repository: Repository,
  { model, signal }: { readonly model: string; readonly signal: AbortSignal | undefined },
): Promise<Verification[]> {
  try {
    await readMain(repository, model);
    const problems = await mainSignatureProblems(registry, repository, model, { ...(signal && { signal }) });
    if (problems.length === 0) return [];
    return [
      {
        ...failure({ model, version: null }, problems[0]!),
        problems: problems.map((each) => problemOf(each)),
      },
    ];
  } catch (error) {
    return [failure({ model, version: null }, asCairnError(error))];
  }
}

/** Adds who signed a version, and whether that is accepted. */
async function signedBy(
  signatures: VersionSignatures,
  verification: Verification,
  tag: ObjectId | null,
): Promise<Verification> {
  if (tag === null) return verification;
  const what = `${verification.model}@${verification.version}`;
  try {
    const { signature, problem } = await signatures.judge({ tag, what });
    const signed = signature.state === 'unsigned' ? verification : { ...verification, signature };
    if (problem === null) return signed;
    return { ...signed, ok: false, problems: [...verification.problems, problemOf(problem)] };
  } catch (error) {
    // Whatever keeps the tag from being read has been told already.
    if (!verification.ok) return verification;
    return { ...verification, ok: false, problems: [problemOf(asCairnError(error))] };
  }
}

/** Verifies every version of every model. A model that cannot be read is reported, and the others go on. */
export function verifyRegistry(registry: Registry, options: VerifyOptions = {}): Promise<Verification[]> {
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

interface Verified {
  readonly verification: Verification;
  /** Why a sealed version was not opened. */
  readonly notOpened: CairnError | null;
}

/** A version, as it was when verifying began; null for one whose ref cannot be read. */
interface TaggedTarget extends VersionTarget {
  readonly tag: ObjectId | null;
}

/** Versions that were deleted meanwhile, which waits for no reader, are left out. */
async function verifyVersions(
  repository: LazyRepository,
  targets: readonly TaggedTarget[],
  options: VerifyOptions,
): Promise<Verified[]> {
  const checkups: (Checkup | Verification)[] = [];
  for (const { model, version } of targets) checkups.push(await prepare(repository, { model, version }));
  const findings = await checkContents(repository, checkups.filter(isCheckup), options);
  const isOver = (index: number) => hasGone(repository, targets[index]!.version, targets[index]!.tag);
  const all = checkups.map((checkup): Verified => {
    if (!isCheckup(checkup)) return { verification: checkup, notOpened: null };
    const sealed = findings.get(checkup);
    return { verification: finished(checkup, sealed), notOpened: sealed?.notOpened ?? null };
  });
  return all.filter(({ verification: { ok } }, index) => ok || !isOver(index));
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
    return { target, stored, contents, problems };
  } catch (error) {
    return failure(target, asCairnError(error));
  }
}

function isCheckup(checkup: Checkup | Verification): checkup is Checkup {
  return 'contents' in checkup;
}

function finished(checkup: Checkup, sealed: SealedFindings | undefined): Verification {
  const { target, contents } = checkup;
  const inside = sealed?.problems ?? [];
  const problems = [...checkup.problems, ...inside.map(({ error, path }) => problemOf(error, path))];
  const isOpened = sealed?.opened ?? false;
  return {
    ...target,
    ok: problems.length === 0,
    files: isOpened ? sealed!.files : contents.length,
    bytes: isOpened ? sealed!.bytes : contents.reduce((sum, { size }) => sum + size, 0),
    opened: isSealed(checkup) ? isOpened : null,
    problems,
  };
}

function failure(
  target: { readonly model: string; readonly version: string | null },
  error: CairnError,
): Verification {
  return {
    ...target,
    ok: false,
    files: 0,
    bytes: 0,
    opened: null,
    problems: [problemOf(error)],
  };
}
