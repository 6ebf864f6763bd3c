import { type ObjectId, parseCommit, type Repository, readRef, shallowCommits } from '@cairn/store';
import { inOrder } from '../aliases/commit-order.ts';
import { CairnError, readingOf } from '../errors.ts';
import { MAIN_REF, readMainAt } from '../models/main-branch.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { checkSignature } from './check.ts';
import { GoodSignatures } from './good-signatures.ts';
import { knownParents } from './known-parents.ts';
import { notSigned, requireSignatures } from './require.ts';
import { readRules } from './rules.ts';
import type { SignatureCheck } from './verdict.ts';

/** Commits that are looked at, as many as a history may have. */
const COMMITS_MAX = 100_000;

/** Problems that are told: the first tell where to look. */
const PROBLEMS_MAX = 5;

/**
 * What is wrong with the signatures of `main`. Where the registry requires them, the newest commit has to be signed by
 * an allowed signer and to say the name of the model, and every commit that came after a signed one has to be signed
 * too: the first signed ones vouch for what was there before signing began. Where it does not, only a signature on the
 * newest commit that is not right is told.
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
  const misnamed = await misnamedMain(repository, { model, tip });
  const unsigned = await problemsUpTo(registry, repository, { model, tip, signal, most: PROBLEMS_MAX });
  return [...(misnamed ? [misnamed] : []), ...unsigned];
}

/**
 * Where the registry requires signatures, throws `refused` for commits that somebody wants to become `main` when they are
 * another model's, or one of them should be signed by an allowed signer and is not, by the rule of
 * {@link mainSignatureProblems}.
 */
export async function requireSignedMain(
  registry: Registry,
  repository: Repository,
  { model, tip }: Pick<Branch, 'model' | 'tip'>,
): Promise<void> {
  if (!(await readRules(registry)).require) return;
  // The newest first: whoever signs it vouches for how much there is to check before it.
  await requireSignatures(registry, repository, [{ id: tip, what: commitOf(model, tip) }]);
  const misnamed = await misnamedMain(repository, { model, tip });
  if (misnamed) throw misnamed;
  const [problem] = await problemsUpTo(registry, repository, { model, tip, signal: undefined, most: 1 });
  if (problem) throw problem;
}

/** Characters of a name that somebody else gave: longer than one may be. */
const NAME_TOLD_MAX = 100;

interface Branch {
  readonly model: string;
  readonly tip: ObjectId;
  readonly signal: AbortSignal | undefined;
  /** Problems to find. */
  readonly most: number;
}

/** A signature covers what `main` says, and where it stands is told by whoever gives it: only its name binds both. */
async function misnamedMain(
  repository: Repository,
  { model, tip }: Pick<Branch, 'model' | 'tip'>,
): Promise<CairnError | null> {
  const { name } = (await readMainAt(repository, model, tip)).document;
  if (name === model) return null;
  const message = `main of ${model} is not accepted, as this registry requires signatures: it was signed as that of ${JSON.stringify(name.slice(0, NAME_TOLD_MAX))}`;
  return new CairnError('refused', message, {
    hint: 'somebody has put it here under another name: ask who may push to where it is shared; a model changes its name with `cairn rename`',
    data: { reason: 'signature', state: 'elsewhere' },
  });
}

async function problemsUpTo(
  registry: Registry,
  repository: Repository,
  { model, tip, signal, most }: Branch,
): Promise<CairnError[]> {
  const known = await GoodSignatures.open(registry, model);
  const problems: CairnError[] = [];
  const vouched = new Set<ObjectId>();
  for (const { id, parents } of inOrder(await commitsOf(repository, model, tip))) {
    checkCancelled(signal);
    const mustBe = id === tip || parents.some((parent) => vouched.has(parent));
    const what = commitOf(model, id);
    const check = await known.check(repository, { id, what });
    if (check.state === 'good' || mustBe) vouched.add(id);
    if (mustBe && check.state !== 'good') problems.push(notSigned(what, check));
    if (problems.length === most) break;
  }
  await known.save();
  return problems;
}

function commitOf(model: string, id: ObjectId): string {
  return `the commit ${id} of main of ${model}`;
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

/** The commits that lead to one, as far as a shallow clone has them. */
function commitsOf(repository: Repository, model: string, tip: ObjectId): Promise<Map<ObjectId, Commit>> {
  return readingOf(`the history of ${model}`, async () => {
    const shallow = shallowCommits(repository.gitDir);
    const found = new Map<ObjectId, Commit>();
    const waiting = [tip];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (found.has(id)) continue;
      if (found.size === COMMITS_MAX) {
        throw new CairnError('hostile', `the history of ${model} has more than ${COMMITS_MAX} commits`);
      }
      const { committer } = parseCommit(repository.objects.readSync(id).bytes);
      const parents = knownParents(repository, { id, shallow });
      found.set(id, { id, parents, seconds: committer.seconds });
      waiting.push(...parents);
    }
    return found;
  });
}
