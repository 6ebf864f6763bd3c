import {
  encodeCommit,
  encodeTag,
  encodeTree,
  identityOf,
  type ObjectId,
  ObjectWriter,
  type Repository,
  readRef,
  type StoredFile,
  StoreError,
  storeFiles,
  updateRefs,
} from '@cairn/store';
import { openStatCache, type StatCache } from '../cache/stat-cache.ts';
import { atBorder, CairnError } from '../errors.ts';
import { createModel } from '../models/create.ts';
import { takeBackModel } from '../models/delete.ts';
import { readMain } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { signatureAt } from '../models/signature.ts';
import { checkModelName, checkVersionName } from '../names.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { checkOutside } from '../sources/outside.ts';
import { type FoundFile, type Source, type Walk, walkSources } from '../sources/walk.ts';
import { LOCK_TIMEOUT_MS, WRITER_TIMEOUT_MS } from '../time-limits.ts';
import { tidyUp } from '../upkeep/tidy-up.ts';
import { checkVersionIsNew, forgetOldNote, versionExists } from './new-version.ts';
import { showVersion, type Version } from './show.ts';
import { encodeTagMessage } from './tag-message.ts';
import {
  buildDocument,
  encodeVersionDocument,
  type RecordedDetails,
  recordedDetails,
  type VersionDetails,
} from './version-document.ts';
import { FILES_FOLDER, VERSION_FILE, type VersionTarget } from './version-repository.ts';
import { TAG_PREFIX } from './version-tags.ts';
import { ATTRIBUTES, type PlacedFile, partsNames, writeFilesTree } from './version-tree.ts';

export interface CreateVersionOptions extends VersionDetails, TaskOptions {
  /** Folders, whose contents go in, and files, which go in under their own names. */
  readonly sources: readonly Source[];
  /** Makes the model first when it is not there. */
  readonly createModel?: boolean;
}

/** Content that was counted, in bytes and in blobs (parts, and small files). */
export interface Amount {
  readonly bytes: number;
  readonly parts: number;
}

export interface CreatedVersion {
  readonly version: Version;
  /** What was new to the repository. */
  readonly stored: Amount;
  /** What the repository had already; files that were not even read count as one part each. */
  readonly reused: Amount;
  /** Paths that were left out: `.git` folders. */
  readonly skipped: readonly string[];
}

/**
 * Stores files as a new version. It is there completely or not at all, whatever happens meanwhile. Throws
 * `exists` for a version that is there, `not-found` for a model or source that is not, `changed` when a file
 * is written to while it is read.
 */
export function createVersion(
  registry: Registry,
  target: VersionTarget,
  options: CreateVersionOptions,
): Promise<CreatedVersion> {
  return atBorder(async () => {
    checkModelName(target.model);
    checkVersionName(target.version);
    const details = recordedDetails(options);
    await checkPlace(registry, target, options.createModel ?? false);
    checkOutside(registry.path, options.sources);
    const walk = await walkSources(options.sources, options.signal);
    const isMade = await ensureModel(registry, target.model);
    try {
      return await withModel(registry, target.model, (repository) =>
        create(repository, registry, { target, details, walk, options }),
      );
    } catch (error) {
      if (isMade) await takeBackModel(registry, target.model);
      throw error;
    }
  });
}

/** Says what stands in the way before any file is looked at. */
async function checkPlace(registry: Registry, target: VersionTarget, createModel: boolean): Promise<void> {
  if ((await modelNames(registry)).includes(target.model)) {
    await withModel(registry, target.model, (repository) => checkVersionIsNew(repository, target));
  } else if (!createModel) {
    throw new CairnError('not-found', `no model named ${target.model} in ${registry.path}`, {
      hint: `make it with \`cairn new ${target.model}\`, or add --create`,
      data: { model: target.model },
    });
  }
}

/** Makes the model if it is not there, and says whether it did. Another process may make it first, which is as good. */
async function ensureModel(registry: Registry, model: string): Promise<boolean> {
  if ((await modelNames(registry)).includes(model)) return false;
  try {
    await createModel(registry, model, {});
    return true;
  } catch (error) {
    if (error instanceof CairnError && error.code === 'exists' && error.data.taken === model) return false;
    throw error;
  }
}

interface Creation {
  readonly target: VersionTarget;
  readonly details: RecordedDetails;
  readonly walk: Walk;
  readonly options: CreateVersionOptions;
}

async function create(
  repository: Repository,
  registry: Registry,
  creation: Creation,
): Promise<CreatedVersion> {
  const { target, walk, options } = creation;
  await checkVersionIsNew(repository, target);
  await checkBase(repository, target, options.base);
  await forgetOldNote(repository, registry, target);
  const tally = await storeVersion(repository, registry, creation);
  await tidyUp(repository);
  const version = await showVersion(registry, `${target.model}@${target.version}`);
  return { version, ...tally, skipped: walk.skipped };
}

async function storeVersion(repository: Repository, registry: Registry, creation: Creation) {
  const { target, walk, options } = creation;
  await using writer = await ObjectWriter.open(repository, {
    purpose: `add ${target.model}@${target.version}`,
    timeoutMs: WRITER_TIMEOUT_MS,
    ...(options.signal && { signal: options.signal }),
  });
  const { files, caches } = await placeFiles(writer, registry, { walk, options });
  checkCancelled(options.signal);
  const tag = await writeVersion(writer, registry, { ...creation, files });
  await writer.commit();
  await publish(repository, target, tag);
  await Promise.all(caches.map((cache) => cache.save()));
  return { stored: { ...writer.stored }, reused: { ...writer.reused } };
}

/** Stores what is not known from before, and gives all files with their places. */
async function placeFiles(
  writer: ObjectWriter,
  registry: Registry,
  { walk, options }: Pick<Creation, 'walk' | 'options'>,
): Promise<{ files: PlacedFile[]; caches: StatCache[] }> {
  const caches: StatCache[] = [];
  const found: { file: FoundFile; cache: StatCache }[] = [];
  for (const source of walk.sources) {
    const cache = await openStatCache(registry, source.root);
    caches.push(cache);
    for (const file of source.files) found.push({ file, cache });
  }
  const known = found.map(({ file, cache }) => recall(writer, file, cache));
  const unknown = found.filter((_, index) => known[index] === null);
  const stored = await storeUnknown(
    writer,
    unknown.map(({ file }) => file),
    { options, all: found.map(({ file }) => file) },
  );
  for (const [index, { file, cache }] of unknown.entries()) cache.remember(file.from, stored[index]!);
  let next = 0;
  const files = found.map(({ file }, index): PlacedFile => {
    const from = known[index] ?? stored[next++]!;
    return { path: file.path, stored: from };
  });
  return { files, caches };
}

/** What a file held when it was last read, if it has not changed and the repository still has all of it. */
function recall(writer: ObjectWriter, file: FoundFile, cache: StatCache): StoredFile | null {
  const stored = cache.recall(file.from, identityOf(file.stat));
  if (!stored || !writer.hasContent(stored.content)) return null;
  writer.reused.bytes += stored.size;
  writer.reused.parts += 1;
  return stored;
}

function storeUnknown(
  writer: ObjectWriter,
  unknown: readonly FoundFile[],
  { options, all }: { options: CreateVersionOptions; all: readonly FoundFile[] },
): Promise<StoredFile[]> {
  const total = sizeOf(all);
  const expected = sizeOf(unknown);
  const skipped = { bytes: total - expected, files: all.length - unknown.length };
  return storeFiles(writer, unknown, {
    bytesExpected: expected,
    ...(options.signal && { signal: options.signal }),
    onProgress: ({ bytes, files }) =>
      options.onProgress?.({
        phase: 'storing',
        done: skipped.bytes + bytes,
        total,
        files: { done: skipped.files + files, total: all.length },
      }),
  });
}

function sizeOf(files: readonly FoundFile[]): number {
  return files.reduce((sum, { stat }) => sum + Number(stat.size), 0);
}

async function writeVersion(
  writer: ObjectWriter,
  registry: Registry,
  { target, details, walk, files }: Creation & { readonly files: readonly PlacedFile[] },
) {
  const now = registry.environment.now();
  const parts = partsNames(files);
  const document = buildDocument({
    target,
    details,
    walk,
    files,
    parts,
    now,
    createdBy: registry.environment.identity,
  });
  const tree = encodeTree([
    { mode: '100644', name: '.gitattributes', id: writer.add('blob', Buffer.from(ATTRIBUTES)) },
    { mode: '40000', name: FILES_FOLDER, id: writeFilesTree(writer, files, parts) },
    { mode: '100644', name: VERSION_FILE, id: writer.add('blob', encodeVersionDocument(document)) },
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
  const { description, type, createdAt } = document;
  const versionTag = encodeTag({
    target: writer.add('commit', commit),
    kind: 'commit',
    name: target.version,
    tagger: signature,
    headers: [],
    message: encodeTagMessage({ description, type, createdAt, files: files.length, size }),
  });
  return writer.add('tag', versionTag);
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

async function checkBase(
  repository: Repository,
  { model }: VersionTarget,
  base: string | undefined,
): Promise<void> {
  if (base === undefined || readRef(repository.gitDir, TAG_PREFIX + checkVersionName(base))) return;
  throw new CairnError('not-found', `${model} has no version ${base}, which was given as the base`, {
    hint: `see what there is with \`cairn ls ${model}\``,
  });
}
