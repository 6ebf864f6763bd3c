import {
  lockRepository,
  type ObjectId,
  ObjectWriter,
  parseCommit,
  type Repository,
  readRef,
  StoreError,
  updateRefs,
} from '@cairn/store';
import { CairnError } from '../errors.ts';
import { MAIN_REF, readMainAt } from '../models/main-branch.ts';
import { signatureNow } from '../models/signature.ts';
import type { Registry } from '../registry/registry.ts';
import { requireSignedMain } from '../signing/main-signatures.ts';
import { encodeSignedCommit } from '../signing/signed-objects.ts';
import { signerOf } from '../signing/signer.ts';
import { LOCK_TIMEOUT_MS, WRITER_TIMEOUT_MS } from '../time-limits.ts';
import { relate } from './commit-graph.ts';
import { mergeModelFile } from './merge/files.ts';
import { mergeTrees } from './merge/trees.ts';
import type { Preference } from './preference.ts';
import type { FieldConflict } from './problems.ts';

/**
 * What became of the edits that others made of a model, or of the registry itself: `same` as here, `created` with the
 * model, taken over (`forwarded`), `merged` with those made here, none where this side is `ahead`, left alone for a
 * `conflict`, or `none` to be had.
 */
export type PulledMain = 'same' | 'created' | 'forwarded' | 'merged' | 'ahead' | 'conflict' | 'none';

/** An alias that a pull has moved; `null` for none on that side. */
export interface PulledAlias {
  readonly alias: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface MainToIntegrate {
  readonly model: string;
  /** The tip of the other side's `main`. It is here, and nothing else of it is trusted. */
  readonly theirs: ObjectId;
  readonly remote: string;
  readonly prefer?: Preference | undefined;
}

export interface IntegratedMain {
  readonly main: PulledMain;
  readonly aliases: readonly PulledAlias[];
  /** Why nothing was changed. */
  readonly conflicts: readonly FieldConflict[];
}

/** Tries to write on a branch that others move at the same time. */
const TRIES_MAX = 10;

/**
 * Takes what others have made of a model into its branch `main`: forward where nothing was changed here, by a merge of
 * both otherwise. Where both sides have changed the same thing and no side is preferred, nothing is changed.
 *
 * Throws `damaged`, `hostile` or `unsupported` when the other side is not what the format says, `refused` when it is not
 * signed and has to be.
 */
export async function integrateMain(
  repository: Repository,
  registry: Registry,
  options: MainToIntegrate,
): Promise<IntegratedMain> {
  const lock = await lockRepository(repository, 'main', {
    purpose: `pull ${options.model}`,
    timeoutMs: LOCK_TIMEOUT_MS,
  });
  try {
    for (let tries = 1; ; tries += 1) {
      const done = await tryIntegrate(repository, registry, { ...options, isLast: tries === TRIES_MAX });
      if (done) return done;
    }
  } finally {
    lock.release();
  }
}

interface Try extends MainToIntegrate {
  readonly isLast: boolean;
}

/** `null` when plain Git moved `main` meanwhile. */
async function tryIntegrate(
  repository: Repository,
  registry: Registry,
  options: Try,
): Promise<IntegratedMain | null> {
  const { model, theirs, isLast } = options;
  const ours = readRef(repository.gitDir, MAIN_REF);
  if (ours === theirs) return { main: 'same', aliases: [], conflicts: [] };
  await readMainAt(repository, model, theirs);
  const { ahead, behind, base } = ours
    ? relate(repository, ours, theirs)
    : { ahead: 0, behind: 1, base: null };
  if (behind === 0) return { main: 'ahead', aliases: [], conflicts: [] };
  await requireSignedMain(registry, repository, { model, tip: theirs });
  if (ours === null || ahead === 0) {
    const isMoved = await moveMain(repository, { from: ours, to: theirs, isLast });
    return isMoved ? integrated(repository, options, { main: 'forwarded', from: ours, to: theirs }) : null;
  }
  return mergeAndMove(repository, registry, { ...options, ours, base });
}

interface MergeTry extends Try {
  readonly ours: ObjectId;
  readonly base: ObjectId | null;
}

async function mergeAndMove(
  repository: Repository,
  registry: Registry,
  options: MergeTry,
): Promise<IntegratedMain | null> {
  const { model, ours, theirs, base, remote, prefer, isLast } = options;
  await using writer = await ObjectWriter.open(repository, {
    purpose: `pull ${model}`,
    timeoutMs: WRITER_TIMEOUT_MS,
  });
  const { tree, conflicts } = mergeTrees(writer, {
    base: base && treeOf(repository, base),
    ours: treeOf(repository, ours),
    theirs: treeOf(repository, theirs),
    mergeFile: mergeModelFile,
    prefer,
  });
  if (conflicts.length > 0) return { main: 'conflict', aliases: [], conflicts };
  const message = `merge ${model} of ${remote}`;
  const commit = await addMergeCommit(writer, registry, { tree, parents: [ours, theirs], message });
  await writer.commit();
  // What each side had was right; that both together are is looked at before anybody can see it.
  await readMainAt(repository, model, commit);
  const isMoved = await moveMain(repository, { from: ours, to: commit, isLast });
  return isMoved ? integrated(repository, options, { main: 'merged', from: ours, to: commit }) : null;
}

export interface MergeCommit {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly message: string;
}

/** Writes a merge commit by the user, signed where the registry says so. */
export async function addMergeCommit(
  writer: ObjectWriter,
  registry: Registry,
  { tree, parents, message }: MergeCommit,
): Promise<ObjectId> {
  const signature = signatureNow(registry.environment);
  const commit = {
    tree,
    parents,
    author: signature,
    committer: signature,
    headers: [],
    message: `${message}\n`,
  };
  return writer.add('commit', await encodeSignedCommit(commit, await signerOf(registry)));
}

export function treeOf({ objects }: Pick<Repository, 'objects'>, commit: ObjectId): ObjectId {
  const { kind, bytes } = objects.readSync(commit);
  if (kind === 'commit') return parseCommit(bytes).tree;
  throw new CairnError('damaged', `expected ${commit} to be a commit, got a ${kind}`);
}

interface Move {
  readonly from: ObjectId | null;
  readonly to: ObjectId;
  readonly isLast: boolean;
}

async function moveMain({ gitDir }: Repository, { from, to, isLast }: Move): Promise<boolean> {
  try {
    await updateRefs(gitDir, [{ name: MAIN_REF, expect: from, to }], { timeoutMs: LOCK_TIMEOUT_MS });
    return true;
  } catch (error) {
    if (error instanceof StoreError && ['conflict', 'exists'].includes(error.code) && !isLast) return false;
    throw error;
  }
}

interface Moved {
  readonly main: 'forwarded' | 'merged';
  readonly from: ObjectId | null;
  readonly to: ObjectId;
}

async function integrated(
  repository: Repository,
  { model }: MainToIntegrate,
  { main, from, to }: Moved,
): Promise<IntegratedMain> {
  const before = from ? (await readMainAt(repository, model, from)).document.aliases : {};
  const after = (await readMainAt(repository, model, to)).document.aliases;
  return { main, aliases: movedAliases(before, after), conflicts: [] };
}

type Aliases = Readonly<Record<string, string>>;

/** What stands for another version than before, by name. */
export function movedAliases(before: Aliases, after: Aliases): PulledAlias[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const at = (aliases: Aliases, name: string) => (Object.hasOwn(aliases, name) ? aliases[name]! : null);
  return names
    .map((alias) => ({ alias, from: at(before, alias), to: at(after, alias) }))
    .filter(({ from, to }) => from !== to);
}
