import {
  encodeCommit,
  encodeTag,
  encodeTree,
  type ObjectId,
  ObjectWriter,
  parseCommit,
  parseTag,
  parseTree,
  type RefChange,
  type Repository,
  readRef,
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
import { checkVersionIsNew, forgetOldNote, versionExists } from './new-version.ts';
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
 *
 * The version is never without a name, nor an alias without its version: for a moment, or after a crash, both names
 * stand. To rename it once more then finishes the job.
 */
export function renameVersion(registry: Registry, reference: ReferenceInput, to: string): Promise<void> {
  return atBorder(async () => {
    const target = versionReference(reference);
    checkVersionName(to);
    if (to === target.version) throw versionExists(target);
    await withModel(registry, target.model, async (repository) => {
      await checkNotShared(repository, target);
      const stored = await readStoredVersion(repository, target);
      await addName(repository, registry, { target, stored, to });
      await editMain(repository, registry, {
        model: target.model,
        message: `rename ${target.version} to ${to}`,
        change: (main) => renamedIn(main, target.version, to),
      });
      await moveRefs(repository, [{ name: TAG_PREFIX + target.version, expect: stored.tag, to: null }]);
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

interface NewName {
  readonly target: VersionTarget;
  readonly stored: StoredVersion;
  readonly to: string;
}

async function addName(
  repository: Repository,
  registry: Registry,
  { target, stored, to }: NewName,
): Promise<void> {
  const renamed = { ...target, version: to };
  const present = readRef(repository.gitDir, TAG_PREFIX + to);
  if (present === null) {
    await checkVersionIsNew(repository, renamed);
    await forgetOldNote(repository, registry, renamed);
  }
  await using writer = await ObjectWriter.open(repository, {
    purpose: `rename ${target.model}@${target.version}`,
    timeoutMs: WRITER_TIMEOUT_MS,
  });
  const tag = await writeRenamed(writer, stored, to);
  // The same tag can only come from a rename that was cut short: everything in it is what it was.
  if (present === tag) return;
  if (present !== null) throw versionExists(renamed);
  await writer.commit();
  try {
    await moveRefs(repository, [{ name: TAG_PREFIX + to, expect: null, to: tag }]);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'exists') throw versionExists(renamed);
    throw error;
  }
}

function moveRefs(repository: Repository, changes: readonly RefChange[]): Promise<void> {
  return updateRefs(repository.gitDir, changes, { timeoutMs: LOCK_TIMEOUT_MS });
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
