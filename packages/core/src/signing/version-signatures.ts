import { type ObjectId, type Repository, readRef } from '@cairn/store';
import { asCairnError, CairnError, readingOf } from '../errors.ts';
import { MAIN_REF } from '../models/main-branch.ts';
import type { Registry } from '../registry/registry.ts';
import { checkSignature } from './check.ts';
import { badSignature, requireSignedMain } from './main-signatures.ts';
import { OwnCommits } from './own-commits.ts';
import { notSigned } from './require.ts';
import { readRules } from './rules.ts';
import type { SignatureCheck } from './verdict.ts';

/** Who signed a version, and why that is not accepted; `null` where it is. */
export interface JudgedSignature {
  readonly signature: SignatureCheck;
  readonly problem: CairnError | null;
}

export interface SignedVersion {
  readonly tag: ObjectId;
  /** What messages call it, such as `stockpred@v3`. */
  readonly what: string;
}

interface SignedModel {
  readonly model: string;
  /** A `main` of somebody else, of which versions may be as well: if what is required of `main` holds for it. */
  readonly incoming?: ObjectId | null;
}

/** Judges who signed the versions of a model, by what the registry requires. */
export class VersionSignatures {
  readonly #registry: Registry;
  readonly #repository: Repository;
  /** `null` where the registry requires no signatures. */
  readonly #own: OwnCommits | null;
  readonly #isRequired: boolean;

  private constructor(
    registry: Registry,
    repository: Repository,
    { own, isRequired }: { readonly own: OwnCommits | null; readonly isRequired: boolean },
  ) {
    this.#registry = registry;
    this.#repository = repository;
    this.#own = own;
    this.#isRequired = isRequired;
  }

  static async open(
    registry: Registry,
    repository: Repository,
    model: SignedModel,
  ): Promise<VersionSignatures> {
    const { require: isRequired } = await readRules(registry);
    const own = isRequired
      ? new OwnCommits(repository, await acceptedTips(registry, repository, model))
      : null;
    return new VersionSignatures(registry, repository, { own, isRequired });
  }

  async judge({ tag, what }: SignedVersion): Promise<JudgedSignature> {
    const signature = await checkSignature(this.#registry, this.#repository, { id: tag, what });
    if (signature.state === 'bad') return { signature, problem: badSignature(what, signature) };
    if (!this.#isRequired) return { signature, problem: null };
    if (signature.state !== 'good') return { signature, problem: notSigned(what, signature) };
    const isOwn = await readingOf(what, async () => this.#own?.holdsVersion(tag) ?? true);
    return { signature, problem: isOwn ? null : fromElsewhere(what) };
  }

  /** Throws `refused` for a version that the registry does not accept; looks at nothing where it requires no signatures. */
  async require(version: SignedVersion): Promise<void> {
    if (!this.#isRequired) return;
    const { problem } = await this.judge(version);
    if (problem) throw problem;
  }
}

async function acceptedTips(
  registry: Registry,
  repository: Repository,
  { model, incoming = null }: SignedModel,
): Promise<ObjectId[]> {
  const ours = readRef(repository.gitDir, MAIN_REF);
  const isAccepted =
    incoming !== null && (await isSignedMain(registry, repository, { model, tip: incoming }));
  return [...(ours ? [ours] : []), ...(isAccepted ? [incoming] : [])];
}

async function isSignedMain(
  registry: Registry,
  repository: Repository,
  main: { readonly model: string; readonly tip: ObjectId },
): Promise<boolean> {
  try {
    await requireSignedMain(registry, repository, main);
    return true;
  } catch (error) {
    if (REFUSALS.has(asCairnError(error).code)) return false;
    throw error;
  }
}

/** What is wrong with a `main` is told where it is to be taken over: here it only vouches for nothing. */
const REFUSALS: ReadonlySet<string> = new Set(['refused', 'damaged', 'hostile', 'unsupported', 'not-found']);

function fromElsewhere(what: string): CairnError {
  return new CairnError(
    'refused',
    `${what} is not accepted, as this registry requires signatures: it was signed as a version of another model, or of edits that are not here`,
    {
      hint: 'somebody has put it here under its own name: ask who may push to where it is shared',
      data: { reason: 'signature', state: 'elsewhere' },
    },
  );
}
