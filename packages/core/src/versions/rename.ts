import {
  encodeCommit,
  encodeTag,
  encodeTree,
  type ObjectId,
  ObjectWriter,
  parseCommit,
  parseTag,
  parseTree,
  type Repository,
  remoteNames,
  StoreError,
  updateRefs,
} from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { editMain, type MainBranch, type MainEdit } from '../models/main-branch.ts';
import { withModel } from '../models/model-repository.ts';
import { checkVersionName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import { LOCK_TIMEOUT_MS, WRITER_TIMEOUT_MS } from '../time-limits.ts';
import { checkVersionIsNew, versionExists } from './new-version.ts';
import { type ReferenceInput, versionReference } from './show.ts';
import { encodeVersionDocument } from './version-document.ts';
import {
  readStoredVersion,
  type StoredVersion,
  VERSION_FILE,
  type VersionTarget,
} from './version-repository.ts';
import { TAG_PREFIX } from './version-tags.ts';

/**
 * Gives a version another name, as long as it has not been shared: others may hold the old one. Its files are
 * untouched; commit and tag are written anew, by the same person at the same time. Throws `refused` once shared.
 */
export function renameVersion(registry: Registry, reference: ReferenceInput, to: string): Promise<void> {
  return atBorder(async () => {
    const target = versionReference(reference);
    checkVersionName(to);
    await withModel(registry, target.model, async (repository) => {
      await checkNotShared(repository, target);
      await moveTag(repository, target, to);
      await editMain(repository, registry, {
        model: target.model,
        message: `rename ${target.version} to ${to}`,
        change: (main) => renamedIn(main, target.version, to),
      });
    });
  });
}

async function checkNotShared(repository: Repository, { model, version }: VersionTarget): Promise<void> {
  const [remote] = remoteNames(repository);
  if (remote === undefined) return;
  throw new CairnError(
    'refused',
    `${model}@${version} cannot be renamed: ${model} is shared through ${remote}`,
    {
      hint: 'others may know the version by its name: add it again under the new one, and delete the old',
    },
  );
}

async function moveTag(repository: Repository, target: VersionTarget, to: string): Promise<void> {
  await checkVersionIsNew(repository, { ...target, version: to });
  const stored = await readStoredVersion(repository, target);
  await using writer = await ObjectWriter.open(repository, {
    purpose: `rename ${target.model}@${target.version}`,
    timeoutMs: WRITER_TIMEOUT_MS,
  });
  const tag = await writeRenamed(writer, stored, to);
  await writer.commit();
  try {
    await updateRefs(
      repository.gitDir,
      [
        { name: TAG_PREFIX + to, expect: null, to: tag },
        { name: TAG_PREFIX + target.version, expect: stored.tag, to: null },
      ],
      { timeoutMs: LOCK_TIMEOUT_MS },
    );
  } catch (error) {
    if (error instanceof StoreError && error.code === 'exists')
      throw versionExists({ ...target, version: to });
    throw error;
  }
}

async function writeRenamed(
  writer: ObjectWriter,
  { tag, commit, document }: StoredVersion,
  to: string,
): Promise<ObjectId> {
  const { objects } = writer.repository;
  const oldTag = parseTag((await objects.read(tag)).bytes);
  const oldCommit = parseCommit((await objects.read(commit)).bytes);
  const file = writer.add('blob', encodeVersionDocument({ ...document, version: to }));
  const entries = parseTree((await objects.read(oldCommit.tree)).bytes);
  const tree = encodeTree(
    entries.map((entry) => (entry.name === VERSION_FILE ? { ...entry, id: file } : entry)),
  );
  const renamed = encodeCommit({
    ...oldCommit,
    headers: [],
    tree: writer.add('tree', tree),
    message: `${to}\n`,
  });
  const target = writer.add('commit', renamed);
  return writer.add('tag', encodeTag({ ...oldTag, headers: [], target, name: to }));
}

/** Notes and aliases follow the version. */
function renamedIn({ document, card, notes }: MainBranch, from: string, to: string): MainEdit | null {
  const aliases = Object.fromEntries(
    Object.entries(document.aliases).map(([alias, version]) => [alias, version === from ? to : version]),
  );
  const aliased = Object.values(document.aliases).includes(from);
  const noteId = notes.get(from);
  if (!aliased && !noteId) return null;
  return { document: { ...document, aliases }, card, ...(noteId && { renamedNote: { from, to } }) };
}
