import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  fetchRefs,
  lockRepository,
  type ObjectId,
  ObjectWriter,
  type Repository,
  readRef,
  updateRefs,
} from '@cairn/store';
import { CairnError } from '../errors.ts';
import { MAIN_REF } from '../models/main-branch.ts';
import { REGISTRY_FILE } from '../registry/registry.ts';
import { readDocument } from '../schema/read-document.ts';
import { REGISTRY_SCHEMA, registryDocument } from '../schema/registry.ts';
import { requireSignatures } from '../signing/require.ts';
import { LOCK_TIMEOUT_MS, WRITER_TIMEOUT_MS } from '../time-limits.ts';
import { relate } from './commit-graph.ts';
import type { Contact } from './contact.ts';
import { isAboutContent } from './fetch-readable.ts';
import { mainConflict } from './found-problems.ts';
import { addMergeCommit, type PulledMain, treeOf } from './integrate-main.ts';
import { mergeRegistryFile } from './merge/files.ts';
import { mergeTrees } from './merge/trees.ts';
import { contentProblem, unreadableContent } from './model-pull.ts';
import type { Preference } from './preference.ts';
import { problem, type SharingProblem } from './problems.ts';
import { fetchRefspecsOfRegistry, trackingRef } from './ref-layout.ts';
import {
  changedPaths,
  listRegistryFiles,
  type RegistryFiles,
  replaceFiles,
  unsavedPaths,
} from './registry-files.ts';
import { withRegistryRepository } from './registry-repository.ts';

export interface RegistryPull {
  readonly main: PulledMain;
  /** Files of the registry that were changed. */
  readonly files: readonly string[];
  readonly problems: readonly SharingProblem[];
}

/** Brings the registry's own branch and its files, and merges them with what was committed here. */
export function pullRegistry(
  contact: Contact,
  there: ObjectId | null,
  prefer: Preference | undefined,
): Promise<RegistryPull> {
  return withRegistryRepository(contact.registry, async (repository) => {
    const here = readRef(repository.gitDir, MAIN_REF);
    if (there === null) return nothing('none');
    if (there === here) return nothing('same');
    let theirs: ObjectId;
    try {
      theirs = await fetchMain(contact, repository, there);
    } catch (error) {
      if (!isAboutContent(error)) throw error;
      return { ...nothing('none'), problems: [contentProblem(null, contact.remote.name, error)] };
    }
    const lock = await lockRepository(repository, 'main', { purpose: 'pull', timeoutMs: LOCK_TIMEOUT_MS });
    try {
      return await integrate(contact, repository, { theirs, prefer });
    } catch (error) {
      return { ...nothing('none'), problems: [unreadableContent(null, contact.remote.name, error)] };
    } finally {
      lock.release();
    }
  });
}

function nothing(main: PulledMain): RegistryPull {
  return { main, files: [], problems: [] };
}

async function fetchMain(
  { remote, programs, signal }: Contact,
  repository: Repository,
  there: ObjectId,
): Promise<ObjectId> {
  const tracking = trackingRef(remote.name);
  if (readRef(repository.gitDir, tracking) !== there || !repository.objects.has(there)) {
    const refspecs = fetchRefspecsOfRegistry(remote.name);
    await fetchRefs(repository, { url: remote.url, refspecs, programs, signal });
  }
  return readRef(repository.gitDir, tracking) ?? there;
}

interface ToIntegrate {
  readonly theirs: ObjectId;
  readonly prefer: Preference | undefined;
}

async function integrate(
  contact: Contact,
  repository: Repository,
  { theirs, prefer }: ToIntegrate,
): Promise<RegistryPull> {
  const ours = readRef(repository.gitDir, MAIN_REF);
  await checkIsRegistry(repository, theirs);
  if (ours === null) return moveTo(contact, repository, { ours, commit: theirs, main: 'forwarded' });
  // A first pull has no rules yet of who may change them.
  await requireSignatures(contact.registry, repository, [{ id: theirs, what: 'the shared registry' }]);
  const { ahead, behind, base } = relate(repository, ours, theirs);
  if (behind === 0) return nothing(ahead === 0 ? 'same' : 'ahead');
  if (ahead === 0) return moveTo(contact, repository, { ours, commit: theirs, main: 'forwarded' });
  await using writer = await ObjectWriter.open(repository, { purpose: 'pull', timeoutMs: WRITER_TIMEOUT_MS });
  const { tree, conflicts } = mergeTrees(writer, {
    base: base && treeOf(repository, base),
    ours: treeOf(repository, ours),
    theirs: treeOf(repository, theirs),
    mergeFile: mergeRegistryFile,
    prefer,
  });
  const { name } = contact.remote;
  if (conflicts.length > 0)
    return { ...nothing('conflict'), problems: [mainConflict(null, name, conflicts)] };
  const merge = { tree, parents: [ours, theirs], message: `merge the registry of ${name}` };
  const commit = await addMergeCommit(writer, contact.registry, merge);
  await writer.commit();
  return moveTo(contact, repository, { ours, commit, main: 'merged' });
}

/** A repository that is something else must not be taken for a registry, and a newer one not for one that is understood. */
async function checkIsRegistry(repository: Repository, commit: ObjectId): Promise<void> {
  const file = listRegistryFiles(repository, treeOf(repository, commit)).get(REGISTRY_FILE);
  if (!file) {
    throw new CairnError('damaged', `its branch main has no ${REGISTRY_FILE}: it is no registry`, {
      hint: 'check the address; a registry is shared with `cairn push`',
    });
  }
  await readDocument(repository, file.id, {
    what: REGISTRY_FILE,
    schema: registryDocument,
    format: REGISTRY_SCHEMA,
  });
}

interface Move {
  readonly ours: ObjectId | null;
  readonly commit: ObjectId;
  readonly main: PulledMain;
}

/** The files first: what a pull that was cut short has left is what the next one is about to write. */
async function moveTo(
  { registry }: Contact,
  repository: Repository,
  { ours, commit, main }: Move,
): Promise<RegistryPull> {
  const before = listOwnFiles(repository, ours);
  const after = listRegistryFiles(repository, treeOf(repository, commit));
  const files = changedPaths(before, after);
  if (await isCheckedOut(repository)) {
    const unsaved = await unsavedPaths(registry, repository, { before, after });
    if (unsaved.length > 0) return { ...nothing('conflict'), problems: [unsavedFiles(unsaved)] };
    await replaceFiles(registry, repository, { before, after });
  }
  await updateRefs(repository.gitDir, [{ name: MAIN_REF, expect: ours, to: commit }], {
    timeoutMs: LOCK_TIMEOUT_MS,
  });
  return { main, files, problems: [] };
}

function listOwnFiles(repository: Repository, commit: ObjectId | null): RegistryFiles {
  return listRegistryFiles(repository, commit && treeOf(repository, commit));
}

/** Whether the files in the registry's folder are those of its branch `main`, which a user may have left. */
async function isCheckedOut({ gitDir }: Repository): Promise<boolean> {
  return (await readFile(join(gitDir, 'HEAD'), 'utf8')).trim() === `ref: ${MAIN_REF}`;
}

function unsavedFiles(paths: readonly string[]): SharingProblem {
  return problem(
    'unsaved',
    `files of the registry would be changed that hold work of yours: ${paths.join(', ')}`,
    {
      hint: 'commit it with `git commit`, take it back with `git restore`, or move it elsewhere, then `cairn pull` again',
    },
  );
}
