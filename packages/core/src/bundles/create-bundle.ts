import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  type BundleSource,
  isPartialClone,
  missingFrom,
  type ObjectId,
  openRepository,
  type Repository,
  readRef,
  writeBundle,
} from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { bringObjects } from '../lazy/bring-objects.ts';
import { MAIN_REF } from '../models/main-branch.ts';
import { withModel } from '../models/model-repository.ts';
import { type TaskOptions, taskOf } from '../progress.ts';
import { modelFolder } from '../registry/folders.ts';
import type { Registry } from '../registry/registry.ts';
import { programsOf } from '../sharing/contact.ts';
import { remoteRefNames } from '../sharing/ref-layout.ts';
import { selectionOf } from '../sharing/selection.ts';
import { sharingProgress } from '../sharing/sharing-progress.ts';
import { resolveVersionName, unknownVersion } from '../versions/version-repository.ts';
import { TAG_PREFIX, versionTags } from '../versions/version-tags.ts';
import { makeWholeFile } from '../versions/whole-file.ts';

export interface CreateBundleOptions extends TaskOptions {
  /** Replaces a file that is there. */
  readonly force?: boolean;
}

export interface BundledModel {
  readonly model: string;
  readonly versions: readonly string[];
}

export interface CreatedBundle {
  /** Absolute path. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly models: readonly BundledModel[];
}

/**
 * Writes models, or some versions of them, into one Git bundle, for machines that share no network with this one. In
 * it they have the names of a shared repository, so that stock Git clones from it too. A model comes with its history,
 * that is, with its description, card and aliases. What a lazy clone lacks is fetched first.
 *
 * Throws `not-found` for a reference that is none, `exists` for a file that is there, `unsupported` without Git.
 */
export function createBundle(
  registry: Registry,
  references: readonly string[],
  file: string,
  options: CreateBundleOptions = {},
): Promise<CreatedBundle> {
  return atBorder(async () => {
    const path = resolve(file);
    const repositories: Repository[] = [];
    try {
      const found: FoundModel[] = [];
      for (const [model, versions] of selectionOf(references)) {
        const chosen = await findModel(registry, model, versions);
        const repository = openRepository(modelFolder(registry, model));
        repositories.push(repository);
        await bringAll(registry, repository, chosen, taskOf(options));
        found.push({ ...chosen, source: { repository, refs: chosen.refs } });
      }
      if (found.length === 0) throw nothingNamed();
      const size = await write(registry, found, path, options);
      return { file: path, size, models: found.map(({ model, versions }) => ({ model, versions })) };
    } finally {
      for (const repository of repositories) repository.close();
    }
  });
}

interface ChosenModel extends BundledModel {
  /** By their names in the bundle. */
  readonly refs: ReadonlyMap<string, ObjectId>;
}

interface FoundModel extends ChosenModel {
  readonly source: BundleSource;
}

function findModel(
  registry: Registry,
  model: string,
  wanted: ReadonlySet<string> | null,
): Promise<ChosenModel> {
  return withModel(registry, model, async (repository) => {
    const names = remoteRefNames('shared', model);
    const refs = new Map<string, ObjectId>();
    const main = readRef(repository.gitDir, MAIN_REF);
    if (main !== null) refs.set(names.main, main);
    const versions = await chosenVersions(registry, repository, { model, wanted });
    for (const version of versions) {
      const tag = readRef(repository.gitDir, TAG_PREFIX + version);
      if (tag === null) throw unknownVersion(model, version);
      refs.set(names.tags + version, tag);
    }
    return { model, versions, refs };
  });
}

async function chosenVersions(
  registry: Registry,
  repository: Repository,
  { model, wanted }: { readonly model: string; readonly wanted: ReadonlySet<string> | null },
): Promise<string[]> {
  const all = (await versionTags(repository, registry, model))
    .filter(({ tag }) => tag !== null)
    .map(({ name }) => name);
  if (wanted === null) return all.reverse();
  const chosen = new Set<string>();
  for (const version of wanted)
    chosen.add(await resolveVersionName(repository, registry, { model, version }));
  return all.filter((name) => chosen.has(name)).reverse();
}

/** A tree that was missing may lead to more that is missing, as often as trees are nested. */
async function bringAll(
  registry: Registry,
  repository: Repository,
  { model, refs }: ChosenModel,
  task: TaskOptions,
): Promise<void> {
  while (isPartialClone(repository)) {
    const missing = await missingFrom(repository, refs.values(), task.signal ? { signal: task.signal } : {});
    const { fetched } = await bringObjects(registry, repository, { ...task, what: model, ids: missing });
    if (fetched.objects === 0) return;
  }
}

function write(
  registry: Registry,
  found: readonly FoundModel[],
  path: string,
  options: CreateBundleOptions,
): Promise<number> {
  const programs = programsOf(registry);
  const place = { force: options.force ?? false, now: registry.environment.now() };
  let size = 0;
  const make = async (temporary: string) => {
    size = await writeBundle(
      found.map(({ source }) => source),
      {
        ...{ file: temporary, folder: dirname(temporary), programs },
        ...(options.signal && { signal: options.signal }),
        onProgress: sharingProgress(options)(),
      },
    );
    await using written = await open(temporary, 'r+');
    await written.sync();
  };
  return makeWholeFile(path, place, make).then(() => size);
}

function nothingNamed(): CairnError {
  return new CairnError('invalid', 'no model and no version is named that is to go into the bundle');
}
