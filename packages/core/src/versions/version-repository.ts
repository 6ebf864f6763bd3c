import {
  type ObjectId,
  parseCommit,
  parseTag,
  parseTree,
  type Repository,
  readRef,
  type TreeEntry,
} from '@cairn/store';
import { CairnError, readingOf } from '../errors.ts';
import { aliasedVersion } from '../models/aliases.ts';
import { readMain } from '../models/main-branch.ts';
import { LATEST } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import { readDocument } from '../schema/read-document.ts';
import { VERSION_SCHEMA, type VersionDocument, versionDocument } from '../schema/version.ts';
import { checkDocumentFiles } from './document-files.ts';
import { checkTagName, latestOf, TAG_PREFIX, versionTags } from './version-tags.ts';

/** The file at the top of a version's commit that describes it. */
export const VERSION_FILE = 'version.json';

/** The folder of a version's commit that holds its files. */
export const FILES_FOLDER = 'files';

/** The file beside it that says how the metrics of its training run went, where it was made from one. */
export const METRIC_HISTORY_FILE = 'metric-history.json';

/** A version as its commit holds it. */
export interface StoredVersion {
  readonly name: string;
  readonly tag: ObjectId;
  readonly commit: ObjectId;
  readonly document: VersionDocument;
  /** The tree of `files/`, `null` when there is none. */
  readonly files: ObjectId | null;
  /** The blob of {@link METRIC_HISTORY_FILE}, `null` when there is none. */
  readonly metricHistory: ObjectId | null;
}

export interface VersionTarget {
  readonly model: string;
  /** A version, an alias or `latest`. */
  readonly version: string;
}

/** The version that a name stands for: itself, what an alias points at, or the newest. Throws `not-found`. */
export async function resolveVersionName(
  repository: Repository,
  registry: Registry,
  { model, version }: VersionTarget,
): Promise<string> {
  if (version === LATEST) return latestVersionName(repository, registry, model);
  if (readRef(repository.gitDir, TAG_PREFIX + version)) return version;
  const { document } = await readMain(repository, model);
  const aliased = aliasedVersion(document, version);
  if (aliased === undefined) throw unknownVersion(model, version);
  if (readRef(repository.gitDir, TAG_PREFIX + aliased)) return aliased;
  throw new CairnError(
    'not-found',
    `the alias ${version} of ${model} stands for ${aliased}, which is not here`,
    {
      hint: `see what there is with \`cairn ls ${model}\``,
      data: { model, version: aliased },
    },
  );
}

/**
 * Runs what reads a version. Nobody who deletes one waits for its readers, so that what they miss may be no damage:
 * when the version is gone, or another of its name has come, by the time they fail, that is what they say.
 */
export async function whileItStands<T>(
  repository: Repository,
  { model, version }: VersionTarget,
  reading: () => Promise<T>,
): Promise<T> {
  const tag = readRef(repository.gitDir, TAG_PREFIX + version);
  try {
    return await reading();
  } catch (error) {
    if (hasGone(repository, version, tag)) throw unknownVersion(model, version);
    throw error;
  }
}

/** Whether a version that was there is not any more. */
export function hasGone(repository: Repository, version: string, tag: ObjectId | null): boolean {
  return tag !== null && readRef(repository.gitDir, TAG_PREFIX + version) !== tag;
}

/** Reads what a version's tag leads to. Throws `not-found`, or `damaged` when it leads elsewhere than to a version. */
export async function readStoredVersion(
  repository: Repository,
  { model, version }: VersionTarget,
): Promise<StoredVersion> {
  return readingOf(`${model}@${version}`, async () => {
    const tag = readRef(repository.gitDir, TAG_PREFIX + version);
    if (tag === null) throw unknownVersion(model, version);
    return readVersionAt(repository, { model, version }, tag);
  });
}

/** The same of a tag that is no version here yet, or is that of another side. */
export async function readVersionAt(
  repository: Repository,
  { model, version }: VersionTarget,
  tag: ObjectId,
): Promise<StoredVersion> {
  const what = `${model}@${version}`;
  return readingOf(what, async () => {
    const commit = await commitOf(repository, tag, { what, version });
    const { tree } = parseCommit((await readAs(repository, commit, 'commit', what)).bytes);
    const entries = await treeEntries(repository, tree, what);
    const file = entries.get(VERSION_FILE);
    if (!file) throw notAVersion(what, `its commit has no ${VERSION_FILE}`);
    const document = await readDocument(repository, file.id, {
      what: `${VERSION_FILE} of ${what}`,
      schema: versionDocument,
      format: VERSION_SCHEMA,
    });
    checkDocumentFiles(document, what);
    const files = entries.get(FILES_FOLDER)?.id ?? null;
    const metricHistory = entries.get(METRIC_HISTORY_FILE)?.id ?? null;
    return { name: version, tag, commit, document, files, metricHistory };
  });
}

/** The entries of a tree by name. `what` is for the message when it is not one. */
export async function treeEntries(
  repository: Repository,
  tree: ObjectId,
  what: string,
): Promise<Map<string, TreeEntry>> {
  const { bytes } = await readAs(repository, tree, 'tree', what);
  const entries = new Map<string, TreeEntry>();
  for (const entry of parseTree(bytes)) {
    if (entries.has(entry.name)) throw notAVersion(what, `a tree lists ${JSON.stringify(entry.name)} twice`);
    entries.set(entry.name, entry);
  }
  return entries;
}

export function unknownVersion(model: string, version: string): CairnError {
  return new CairnError('not-found', `${model} has no version or alias ${version}`, {
    hint: `see what there is with \`cairn ls ${model}\``,
    data: { model, version },
  });
}

async function latestVersionName(repository: Repository, registry: Registry, model: string): Promise<string> {
  const tags = await versionTags(repository, registry, model);
  const latest = latestOf(tags);
  if (latest) return latest.name;
  const problem = tags.find(({ isLost }) => isLost)?.problem;
  if (problem) throw unknownLatest(model, problem);
  throw new CairnError('not-found', `${model} has no versions`, {
    hint: `add one with \`cairn add ${model}@v1 <folder>\``,
    data: { model },
  });
}

function unknownLatest(model: string, problem: CairnError): CairnError {
  return new CairnError(
    problem.code,
    `the newest version of ${model} cannot be told, as one cannot be read: ${problem.message}`,
    {
      hint: `name the version that you want; \`cairn ls ${model}\` lists those that can be read`,
      data: { model },
      cause: problem,
    },
  );
}

async function commitOf(
  repository: Repository,
  tag: ObjectId,
  { what, version }: { readonly what: string; readonly version: string },
): Promise<ObjectId> {
  const object = await repository.objects.read(tag);
  if (object.kind !== 'tag')
    throw notAVersion(what, `its tag points at a ${object.kind}, not at an annotated tag`);
  const { kind, target, name } = parseTag(object.bytes);
  checkTagName(name, version);
  if (kind !== 'commit') throw notAVersion(what, `its tag points at a ${kind}, not at a commit`);
  return target;
}

async function readAs(repository: Repository, id: ObjectId, kind: 'commit' | 'tree', what: string) {
  const object = await repository.objects.read(id);
  if (object.kind === kind) return object;
  throw notAVersion(what, `expected ${id} to be a ${kind}, got a ${object.kind}`);
}

function notAVersion(what: string, problem: string): CairnError {
  return new CairnError('damaged', `${what} is not a version that Cairn can read: ${problem}`, {
    hint: 'take it from another clone; if it never was a version, delete its tag with Git',
  });
}
