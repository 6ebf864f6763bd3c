import { type ObjectId, parseCommit, type Repository, readRef } from '@cairn/store';
import { inOrder } from '../aliases/commit-order.ts';
import { CairnError, readingOf } from '../errors.ts';
import { MAIN_REF } from '../models/main-branch.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { checkSignature } from './check.ts';
import { GoodSignatures } from './good-signatures.ts';
import { notSigned } from './require.ts';
import { readRules } from './rules.ts';
import type { SignatureCheck } from './verdict.ts';

/** Commits that are looked at, as many as a history may have. */
const COMMITS_MAX = 100_000;

/** Problems that are told: the first tell where to look. */
const PROBLEMS_MAX = 5;

/**
 * What is wrong with the signatures of `main`. Where the registry requires them, the newest commit has to be signed by
 * an allowed signer, and so has every commit that came after one that is: the first signed ones vouch for what was there
 * before signing began. Where it does not, only a signature on the newest commit that is not right is told.
 */
export async function mainSignatureProblems(
  registry: Registry,
  repository: Repository,
  model: string,
  { signal }: Pick<TaskOptions, 'signal'> = {},
): Promise<CairnError[]> {
  const tip = readRef(repository.gitDir, MAIN_REF);
  if (tip === null) return [];
  const { require } = await readRules(registry);
  if (!require) {
    const what = `the newest commit ${tip} of main of ${model}`;
    const check = await checkSignature(registry, repository, { id: tip, what });
    return check.state === 'bad' ? [badSignature(what, check)] : [];
  }
  return problemsUpTo(registry, repository, { model, tip, signal });
}

/**
 * Where the registry requires signatures, throws `refused` for commits that somebody wants to become `main` when one of
 * them should be signed by an allowed signer and is not, by the rule of {@link mainSignatureProblems}.
 */
export async function requireSignedMain(
  registry: Registry,
  repository: Repository,
  { model, tip }: Pick<Branch, 'model' | 'tip'>,
): Promise<void> {
  if (!(await readRules(registry)).require) return;
  const [problem] = await problemsUpTo(registry, repository, { model, tip, signal: undefined });
  if (problem) throw problem;
}

interface Branch {
  readonly model: string;
  readonly tip: ObjectId;
  readonly signal: AbortSignal | undefined;
}

async function problemsUpTo(
  registry: Registry,
  repository: Repository,
  { model, tip, signal }: Branch,
): Promise<CairnError[]> {
  const known = await GoodSignatures.open(registry, model);
  const problems: CairnError[] = [];
  const vouched = new Set<ObjectId>();
  for (const { id, parents } of inOrder(await commitsOf(repository, model, tip))) {
    checkCancelled(signal);
    const mustBe = id === tip || parents.some((parent) => vouched.has(parent));
    const what = `the commit ${id} of main of ${model}`;
    const check = await known.check(repository, { id, what });
    if (check.state === 'good' || mustBe) vouched.add(id);
    if (mustBe && check.state !== 'good' && problems.length < PROBLEMS_MAX)
      problems.push(notSigned(what, check));
  }
  await known.save();
  return problems;
}

/** What is told of a signature that is not right, whether one is required or not. */
export function badSignature(what: string, { problem }: SignatureCheck): CairnError {
  return new CairnError('damaged', `${what} has a signature that is not right: ${problem}`, {
    hint: 'somebody has changed it since it was signed: take it from another clone',
    data: { reason: 'signature' },
  });
}

interface Commit {
  readonly id: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly seconds: number;
}

/** The commits that lead to one, as far as they are here. */
function commitsOf(repository: Repository, model: string, tip: ObjectId): Promise<Map<ObjectId, Commit>> {
  return readingOf(`the history of ${model}`, async () => {
    const found = new Map<ObjectId, Commit>();
    const waiting = [tip];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (found.has(id)) continue;
      if (found.size === COMMITS_MAX) {
        throw new CairnError('hostile', `the history of ${model} has more than ${COMMITS_MAX} commits`);
      }
      const { parents, committer } = parseCommit(repository.objects.readSync(id).bytes);
      found.set(id, { id, parents, seconds: committer.seconds });
      waiting.push(...parents.filter((parent) => repository.objects.has(parent)));
    }
    return found;
  });
}
