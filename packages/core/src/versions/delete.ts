import {
  collectGarbage,
  planCollection,
  type Repository,
  readRef,
  StoreError,
  updateRefs,
} from '@cairn/store';
import { moveAlias } from '../aliases/move.ts';
import { asCairnError, atBorder, CairnError, type CairnErrorCode } from '../errors.ts';
import { withAlias } from '../models/aliases.ts';
import { editMain, readMain } from '../models/main-branch.ts';
import { checkReason } from '../models/main-message.ts';
import { withModel } from '../models/model-repository.ts';
import { isVersionName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import type { ModelDocument } from '../schema/model.ts';
import { signerOf } from '../signing/signer.ts';
import type { SignOptions } from '../signing/signing.ts';
import { COLLECTOR_TIMEOUT_MS, LOCK_TIMEOUT_MS } from '../time-limits.ts';
import { type ReferenceInput, versionReference } from './show.ts';
import { resolveVersionName, type VersionTarget } from './version-repository.ts';
import { TAG_PREFIX } from './version-tags.ts';

/** What deleting a version does. The same before and after it is done. */
export interface Deletion {
  readonly version: string;
  /** Bytes on disk that come free: what this version shares with others stays. */
  readonly freed: number;
  /**
   * The bytes come free only with a later collection: a writer is at work, or something else in the repository is
   * damaged, and nothing is collected from a damaged repository. `freed` is 0 when it cannot be known.
   */
  readonly pending: boolean;
}

/** What deleting a version would free. Changes nothing. */
export function planVersionDeletion(registry: Registry, reference: ReferenceInput): Promise<Deletion> {
  return atBorder(() =>
    onVersion(registry, reference, (repository, { version }) => planRemoval(repository, version)),
  );
}

export interface DeleteVersionOptions extends SignOptions {
  /** Whether aliases that stand for it go first. A reason is needed where one of them is protected. */
  readonly force?: boolean;
  /** Why, for the history of the model. */
  readonly reason?: string;
}

/**
 * Deletes a version, and frees the bytes that it alone used. Throws `refused` while an alias stands for it, unless that
 * is to go too.
 */
export function deleteVersion(
  registry: Registry,
  reference: ReferenceInput,
  options: DeleteVersionOptions = {},
): Promise<Deletion> {
  return atBorder(() =>
    onVersion(registry, reference, async (repository, target) => {
      const reason = checkReason(options.reason);
      // Whoever cannot sign that the version goes is told so while it is still there.
      await signerOf(registry, options);
      await removeAliases(repository, registry, target, { ...options, reason });
      const deletion = await removeTag(repository, target);
      await recordDeletion(repository, registry, target, { ...options, reason }).catch(passOverObstacle);
      return deletion;
    }),
  );
}

async function onVersion<T>(
  registry: Registry,
  reference: ReferenceInput,
  operation: (repository: Repository, target: VersionTarget) => Promise<T>,
): Promise<T> {
  const { model, version } = versionReference(reference);
  return withModel(registry, model, async (repository) => {
    const name = isVersionName(version)
      ? version
      : await resolveVersionName(repository, registry, { model, version });
    return operation(repository, {
      model,
      version: await existing(repository, registry, { model, version: name }),
    });
  });
}

/** An alias is not followed: deleting through one would be a surprise. */
async function existing(repository: Repository, registry: Registry, target: VersionTarget): Promise<string> {
  const name = await resolveVersionName(repository, registry, target);
  if (name === target.version) return name;
  throw new CairnError('refused', `${target.version} is an alias of ${target.model}, for ${name}`, {
    hint: `to delete that version, name it: ${target.model}@${name}`,
  });
}

interface Removal extends SignOptions {
  readonly force?: boolean;
  readonly reason: string | null;
}

/** No alias is left for a version that is not there. */
async function removeAliases(
  repository: Repository,
  registry: Registry,
  { model, version }: VersionTarget,
  { force = false, reason, sign }: Removal,
): Promise<void> {
  const aliases = aliasesFor(version, (await readMain(repository, model)).document);
  if (aliases.length > 0 && !force) throw stillAliased({ model, version }, aliases[0]!);
  for (const alias of aliases) {
    await moveAlias(repository, registry, {
      target: { model, alias },
      move: { action: 'alias-rm', to: (from) => (from === version ? null : from) },
      options: { force, reason: reason ?? '', ...(sign !== undefined && { sign }) },
    });
  }
}

function aliasesFor(version: string, { aliases }: Pick<ModelDocument, 'aliases'>): string[] {
  return Object.keys(aliases).filter((alias) => aliases[alias] === version);
}

function stillAliased({ model, version }: VersionTarget, alias: string): CairnError {
  return new CairnError(
    'refused',
    `${model}@${version} cannot be deleted: the alias ${alias} stands for it`,
    {
      hint: `move ${alias} to another version first, or let it go too with --force`,
      data: { alias },
    },
  );
}

async function planRemoval(repository: Repository, version: string): Promise<Deletion> {
  try {
    const { freed } = await planCollection(repository, { removing: [TAG_PREFIX + version] });
    return { version, freed, pending: false };
  } catch (error) {
    if (!isObstacle(error)) throw error;
    return { version, freed: 0, pending: true };
  }
}

/** Deletes the tag and what only it held; where nothing can be collected now, the tag alone. */
async function removeTag(repository: Repository, { version }: VersionTarget): Promise<Deletion> {
  const name = TAG_PREFIX + version;
  try {
    const { freed } = await collectGarbage(repository, { removing: [name], timeoutMs: COLLECTOR_TIMEOUT_MS });
    return { version, freed, pending: false };
  } catch (error) {
    if (!isObstacle(error)) throw error;
    // What is damaged may be found only when the tag has gone, and what is to stay is copied.
    if (readRef(repository.gitDir, name) === null) return { version, freed: 0, pending: true };
    const { freed } = await planRemoval(repository, version);
    await updateRefs(repository.gitDir, [{ name, expect: undefined, to: null }], {
      timeoutMs: LOCK_TIMEOUT_MS,
    });
    return { version, freed, pending: true };
  }
}

/** What keeps a repository from being collected without making the deletion itself wrong. */
function isObstacle(error: unknown): boolean {
  return error instanceof StoreError && ['locked', 'damaged', 'unsupported'].includes(error.code);
}

/**
 * The version is gone all the same: a note that stays is forgotten when another version gets the name, and what is
 * missing is a line of the history.
 */
function passOverObstacle(error: unknown): void {
  if (!OBSTACLES.has(asCairnError(error).code)) throw error;
}

/** What is wrong with `main` or its disk, that others are at work there, or that the model itself has gone meanwhile. */
const OBSTACLES: ReadonlySet<CairnErrorCode> = new Set([
  'damaged',
  'no-space',
  'read-only',
  'denied',
  'locked',
  'conflict',
  'not-found',
]);

/** Says on `main` that a version is gone; what was said of it goes, and an alias that came in between. */
async function recordDeletion(
  repository: Repository,
  registry: Registry,
  { model, version }: VersionTarget,
  { reason, sign }: Removal,
): Promise<void> {
  const subject = `delete ${version}`;
  await editMain(repository, registry, {
    model,
    message: subject,
    ...(sign !== undefined && { sign }),
    change: ({ document, card, notes }) => ({
      document: aliasesFor(version, document).reduce((rest, alias) => withAlias(rest, alias, null), document),
      card,
      ...(notes.has(version) && { notes: new Map([[version, null]]) }),
      message: { subject, reason, action: 'version-rm', facts: { version } },
    }),
  });
}
