import { listRefs, type Repository, readRef } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { aliasedVersion, isProtected, withAlias } from '../models/aliases.ts';
import { editMain, type MainBranch, type MainEdit } from '../models/main-branch.ts';
import { checkReason, type MainAction, type MainMessage } from '../models/main-message.ts';
import { withModel } from '../models/model-repository.ts';
import { checkAliasName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import type { SignOptions } from '../signing/signing.ts';
import { tidyUp } from '../upkeep/tidy-up.ts';
import { resolveVersionName, unknownVersion } from '../versions/version-repository.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';

/** An alias of a model. */
export interface AliasTarget {
  readonly model: string;
  readonly alias: string;
}

export interface AliasOptions extends SignOptions {
  /** Why, for the history. */
  readonly reason?: string;
  /** Whether a protected alias is moved or removed. A reason is needed then. */
  readonly force?: boolean;
}

/** What was done to an alias. */
export interface AliasMove extends AliasTarget {
  /** The version that it stood for; `null` when there was no such alias. */
  readonly from: string | null;
  /** The version that it stands for; `null` when it was removed. */
  readonly to: string | null;
  /** False when it stood for that version already, and nothing was written. */
  readonly moved: boolean;
}

/**
 * Makes an alias stand for a version: one by its name, what another alias stands for, or the newest. Throws `not-found`
 * for a version that is not there, `exists` for the name of a version, `refused` for a protected alias.
 */
export function setAlias(
  registry: Registry,
  target: AliasTarget,
  version: string,
  options: AliasOptions = {},
): Promise<AliasMove> {
  return atBorder(() =>
    withModel(registry, target.model, async (repository) => {
      checkAliasName(target.alias);
      const to = await resolveVersionName(repository, registry, { model: target.model, version });
      checkIsFree(repository, target);
      const move = { action: 'alias-set', to: () => to } as const;
      const done = await moveAlias(repository, registry, { target, move, options });
      await takeBackIfGone(repository, registry, { target, options, done });
      return done;
    }),
  );
}

/** Removes an alias. The version stays. Throws `not-found`, `refused` for a protected alias. */
export function removeAlias(
  registry: Registry,
  target: AliasTarget,
  options: AliasOptions = {},
): Promise<AliasMove> {
  return atBorder(() =>
    withModel(registry, target.model, (repository) =>
      moveAlias(repository, registry, { target, move: { action: 'alias-rm', to: () => null }, options }),
    ),
  );
}

/** Where an alias goes, by what it is when it is moved. */
export interface Move {
  readonly action: MainAction;
  to(from: string | null, main: MainBranch): string | null;
}

interface Moving {
  readonly target: AliasTarget;
  readonly move: Move;
  readonly options: AliasOptions;
}

/** Moves an alias by one commit on `main`. */
export async function moveAlias(
  repository: Repository,
  registry: Registry,
  { target, move, options }: Moving,
): Promise<AliasMove> {
  const { model, alias } = target;
  const reason = checkReason(options.reason);
  let done: AliasMove = { ...target, from: null, to: null, moved: false };
  await editMain(repository, registry, {
    model,
    message: `move the alias ${alias}`,
    ...(options.sign !== undefined && { sign: options.sign }),
    change: (main) => {
      const from = aliasedVersion(main.document, alias) ?? null;
      if (from === null && move.action === 'alias-rm') throw unknownAlias(target);
      const to = move.to(from, main);
      done = { ...target, from, to, moved: from !== to };
      if (!done.moved) return null;
      checkMayMove(main, target, { ...options, reason });
      if (to !== null) checkIsThere(repository, model, to);
      return moved(main, done, { action: move.action, reason });
    },
  });
  if (done.moved) await tidyUp(repository);
  return done;
}

function moved(
  { document, card }: MainBranch,
  { alias, from, to }: AliasMove,
  { action, reason }: Pick<MainMessage, 'action' | 'reason'>,
): MainEdit {
  const facts = { alias, ...(from !== null && { from }), ...(to !== null && { to }) };
  return {
    document: withAlias(document, alias, to),
    card,
    message: { subject: subjectOf({ alias, from, to }, action), reason, action, facts },
  };
}

/** Such as `move prod from v2 to v3`. */
function subjectOf(
  { alias, from, to }: Pick<AliasMove, 'alias' | 'from' | 'to'>,
  action: MainAction | null,
): string {
  if (to === null) return `remove the alias ${alias} of ${from}`;
  if (action === 'alias-rollback')
    return `roll ${alias} back ${from === null ? '' : `from ${from} `}to ${to}`;
  return from === null ? `set ${alias} to ${to}` : `move ${alias} from ${from} to ${to}`;
}

/** Throws `refused` for a protected alias, unless it is said that it must and why. */
export function checkMayMove(
  { document }: Pick<MainBranch, 'document'>,
  { model, alias }: AliasTarget,
  { force = false, reason }: { readonly force?: boolean; readonly reason: string | null },
): void {
  if (!isProtected(document, alias) || (force && reason !== null)) return;
  const missing = force ? 'a reason is needed to change it' : 'it is changed only when that is insisted on';
  throw new CairnError('refused', `the alias ${alias} of ${model} is protected: ${missing}`, {
    hint: 'with --force and -m "why" it is changed all the same, and the history says so',
    data: { model, alias, reason: 'protected' },
  });
}

/** A version can be deleted while its alias is on the way. */
function checkIsThere(repository: Repository, model: string, version: string): void {
  if (readRef(repository.gitDir, TAG_PREFIX + version) === null) throw unknownVersion(model, version);
}

/** An alias must never hide a version, nor differ from one only in case. */
function checkIsFree({ gitDir }: Repository, { model, alias }: AliasTarget): void {
  const folded = (TAG_PREFIX + alias).toLowerCase();
  const taken = [...listRefs(gitDir, TAG_PREFIX, () => {}).keys()].find(
    (ref) => ref.toLowerCase() === folded,
  );
  if (taken === undefined) return;
  const version = taken.slice(TAG_PREFIX.length);
  throw new CairnError('exists', `${alias} cannot be an alias of ${model}: it has a version ${version}`, {
    hint: 'choose another name',
    data: { model, alias, version },
  });
}

interface Set {
  readonly target: AliasTarget;
  readonly options: AliasOptions;
  readonly done: AliasMove;
}

/**
 * Whoever deletes a version looks at its aliases first, and waits for nobody. An alias that came in between goes again,
 * by whoever comes second.
 */
async function takeBackIfGone(
  repository: Repository,
  registry: Registry,
  { target, options, done }: Set,
): Promise<void> {
  const { model, alias } = target;
  const { to } = done;
  if (to === null || readRef(repository.gitDir, TAG_PREFIX + to) !== null) return;
  await editMain(repository, registry, {
    model,
    message: `remove the alias ${alias}: ${to} was deleted meanwhile`,
    ...(options.sign !== undefined && { sign: options.sign }),
    change: ({ document, card }) =>
      aliasedVersion(document, alias) === to ? { document: withAlias(document, alias, null), card } : null,
  });
  throw unknownVersion(model, to);
}

export function unknownAlias({ model, alias }: AliasTarget): CairnError {
  return new CairnError('not-found', `${model} has no alias ${alias}`, {
    hint: `see what there is with \`cairn alias ls ${model}\``,
    data: { model, alias },
  });
}
