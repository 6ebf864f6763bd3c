import {
  encodeCommit,
  encodeTree,
  type ObjectId,
  ObjectWriter,
  type Repository,
  readRef,
  StoreError,
  type Tag,
  type TreeEntry,
  updateRefs,
} from '@cairn/store';
import { CairnError } from '../errors.ts';
import { createModel } from '../models/create.ts';
import { takeBackModel } from '../models/delete.ts';
import { readMain } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { signatureAt } from '../models/signature.ts';
import { checkModelName, checkVersionName } from '../names.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { MetricHistories } from '../schema/metric-history.ts';
import type { VersionSource, VersionType } from '../schema/version.ts';
import { encodeSignedTag } from '../signing/signed-objects.ts';
import { signerOf } from '../signing/signer.ts';
import type { Signer, SignOptions } from '../signing/signing.ts';
import { LOCK_TIMEOUT_MS, WRITER_TIMEOUT_MS } from '../time-limits.ts';
import { tidyUp } from '../upkeep/tidy-up.ts';
import { encodeMetricHistories } from './metric-history.ts';
import { checkVersionIsNew, forgetOldNote, versionExists } from './new-version.ts';
import { showVersion, type Version } from './show.ts';
import { encodeTagMessage } from './tag-message.ts';
import { buildDocument, encodeVersionDocument, type RecordedDetails } from './version-document.ts';
import { FILES_FOLDER, METRIC_HISTORY_FILE, VERSION_FILE, type VersionTarget } from './version-repository.ts';
import { TAG_PREFIX } from './version-tags.ts';
import { ATTRIBUTES, type PlacedFile, partsNames, writeFilesTree } from './version-tree.ts';

/** A version that is to be made, but for what is in it. */
export interface NewVersion extends Pick<TaskOptions, 'signal'>, SignOptions {
  readonly target: VersionTarget;
  readonly type: VersionType;
  readonly details: RecordedDetails;
  /** Makes the model first when it is not there. */
  readonly createModel: boolean;
}

/** What goes into a version. */
export interface VersionContents {
  readonly files: readonly PlacedFile[];
  readonly sources: readonly VersionSource[];
  /** What the model was called when this was sealed, where that was another name. */
  readonly modelInKeys?: string;
  /** Kept beside `version.json`. */
  readonly metricHistories?: MetricHistories;
}

/** How a version gets its contents. */
export interface ContentsToStore<C extends VersionContents = VersionContents> {
  /** Stores them within the transaction that makes the version. */
  store(writer: ObjectWriter): Promise<C>;
  /** Has a last look before the version is there, while a collector waits. Throws when it must not be. */
  checkStillRight?(): Promise<void>;
  /** Undoes what was done outside the transaction, when the version has not come to be. */
  takeBack?(): Promise<void>;
}

/** Content that was counted, in bytes and in blobs (parts, and small files). */
export interface Amount {
  readonly bytes: number;
  readonly parts: number;
}

export interface AddedVersion {
  readonly version: Version;
  /** What was new to the repository. */
  readonly stored: Amount;
  /** What the repository had already; files that were not even read count as one part each. */
  readonly reused: Amount;
}

/** Says what stands in the way of a version, before any of its files is looked at. Throws `exists` or `not-found`. */
export async function checkPlace(
  registry: Registry,
  target: VersionTarget,
  createModel: boolean,
): Promise<void> {
  checkModelName(target.model);
  checkVersionName(target.version);
  if ((await modelNames(registry)).includes(target.model)) {
    await withModel(registry, target.model, (repository) => checkVersionIsNew(repository, target));
  } else if (!createModel) {
    throw missingModel(registry, target.model);
  }
}

function missingModel({ path }: Registry, model: string): CairnError {
  return new CairnError('not-found', `no model named ${model} in ${path}`, {
    hint: `make it with \`cairn new ${model}\`, or add --create`,
    data: { model },
  });
}

/**
 * Makes a version. It is there completely or not at all, whatever happens meanwhile; a model that was made for it is
 * taken back with it. `prepare` is called when nothing else stands in the way, before the transaction begins.
 */
export async function addVersion<C extends VersionContents>(
  registry: Registry,
  version: NewVersion,
  prepare: (repository: Repository) => Promise<ContentsToStore<C>>,
): Promise<AddedVersion & { readonly contents: C }> {
  const { target } = version;
  checkVersionName(target.version);
  const signer = await signerOf(registry, version);
  const isMade = await ensureModel(registry, version);
  try {
    return await withModel(registry, target.model, async (repository) => {
      await checkVersionIsNew(repository, target);
      checkBase(repository, target, version.details.base);
      await forgetOldNote(repository, registry, target);
      const attempt: Attempt = { repository, registry, version, signer, tag: null };
      const stored = await storeOrTakeBack(attempt, await prepare(repository));
      await tidyUp(repository);
      return { version: await showVersion(registry, target), ...stored };
    });
  } catch (error) {
    if (isMade) await takeBackModel(registry, target.model);
    throw error;
  }
}

/** Makes the model if it is not there, and says whether it did. Another process may make it first, which is as good. */
async function ensureModel(
  registry: Registry,
  { target: { model }, createModel: mayMake, sign }: NewVersion,
): Promise<boolean> {
  if ((await modelNames(registry)).includes(model)) return false;
  if (!mayMake) throw missingModel(registry, checkModelName(model));
  try {
    await createModel(registry, model, sign === undefined ? {} : { sign });
    return true;
  } catch (error) {
    if (error instanceof CairnError && error.code === 'exists' && error.data.taken === model) return false;
    throw error;
  }
}

function checkBase(repository: Repository, { model }: VersionTarget, base: string | null): void {
  if (base === null || readRef(repository.gitDir, TAG_PREFIX + base)) return;
  throw new CairnError('not-found', `${model} has no version ${base}, which was given as the base`, {
    hint: `see what there is with \`cairn ls ${model}\``,
  });
}

/** A version on its way. */
interface Attempt {
  readonly repository: Repository;
  readonly registry: Registry;
  readonly version: NewVersion;
  readonly signer: Signer | null;
  /** Once it is written. */
  tag: ObjectId | null;
}

/** A version whose ref was written is there, even if the disk would not say that it stays: then nothing is undone. */
async function storeOrTakeBack<C extends VersionContents>(
  attempt: Attempt,
  contents: ContentsToStore<C>,
): Promise<Stored<C>> {
  try {
    return await storeVersion(attempt, contents);
  } catch (error) {
    const { repository, version, tag } = attempt;
    const isThere = tag !== null && readRef(repository.gitDir, TAG_PREFIX + version.target.version) === tag;
    // What cannot be taken back does no harm, and why the version failed matters more.
    if (!isThere) await contents.takeBack?.().catch(() => undefined);
    throw error;
  }
}

interface Stored<C> extends Omit<AddedVersion, 'version'> {
  readonly contents: C;
}

async function storeVersion<C extends VersionContents>(
  attempt: Attempt,
  { store, checkStillRight }: ContentsToStore<C>,
): Promise<Stored<C>> {
  const { repository, registry, version, signer } = attempt;
  const { target, signal } = version;
  await using writer = await ObjectWriter.open(repository, {
    purpose: `add ${target.model}@${target.version}`,
    timeoutMs: WRITER_TIMEOUT_MS,
    ...(signal && { signal }),
  });
  const contents = await store(writer);
  checkCancelled(signal);
  attempt.tag = await writeVersion(writer, registry, { version, contents, signer });
  await writer.commit();
  await checkStillRight?.();
  await publish(repository, target, attempt.tag);
  return { contents, stored: { ...writer.stored }, reused: { ...writer.reused } };
}

async function writeVersion(
  writer: ObjectWriter,
  registry: Registry,
  { version, contents, signer }: Pick<Attempt, 'version' | 'signer'> & { readonly contents: VersionContents },
): Promise<ObjectId> {
  const { target, type, details } = version;
  const { files, sources, modelInKeys = target.model, metricHistories } = contents;
  const now = registry.environment.now();
  const parts = partsNames(files);
  const createdBy = registry.environment.identity;
  const document = buildDocument({
    target: { ...target, model: modelInKeys },
    type,
    details,
    sources,
    files,
    parts,
    now,
    createdBy,
  });
  const tree = encodeTree([
    { mode: '100644', name: '.gitattributes', id: writer.add('blob', Buffer.from(ATTRIBUTES)) },
    { mode: '40000', name: FILES_FOLDER, id: writeFilesTree(writer, files, parts) },
    { mode: '100644', name: VERSION_FILE, id: writer.add('blob', encodeVersionDocument(document)) },
    ...(metricHistories ? [metricHistoryEntry(writer, metricHistories)] : []),
  ]);
  const main = await readMain(writer.repository, target.model);
  const signature = signatureAt(now, registry.environment);
  const commit = encodeCommit({
    tree: writer.add('tree', tree),
    parents: [main.commit],
    author: signature,
    committer: signature,
    headers: [],
    message: `${target.version}\n`,
  });
  const size = files.reduce((sum, { stored }) => sum + stored.size, 0);
  const { description, createdAt } = document;
  const versionTag: Tag = {
    target: writer.add('commit', commit),
    kind: 'commit',
    name: target.version,
    tagger: signature,
    headers: [],
    message: encodeTagMessage({ description, type, createdAt, files: files.length, size }),
  };
  return writer.add('tag', await encodeSignedTag(versionTag, signer));
}

function metricHistoryEntry(writer: ObjectWriter, histories: MetricHistories): TreeEntry {
  const id = writer.add('blob', encodeMetricHistories(histories));
  return { mode: '100644', name: METRIC_HISTORY_FILE, id };
}

async function publish(repository: Repository, target: VersionTarget, tag: ObjectId): Promise<void> {
  try {
    await updateRefs(repository.gitDir, [{ name: TAG_PREFIX + target.version, expect: null, to: tag }], {
      timeoutMs: LOCK_TIMEOUT_MS,
    });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'exists') throw versionExists(target);
    throw error;
  }
}
