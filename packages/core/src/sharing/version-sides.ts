import { fetchRefs, type ObjectId, parseTag, type Repository } from '@cairn/store';
import { asCairnError } from '../errors.ts';
import { bringObjects } from '../lazy/bring-objects.ts';
import { readVersionAt } from '../versions/version-repository.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';
import { openAsideRepository } from './aside-repository.ts';
import type { Contact } from './contact.ts';
import { versionDiffers } from './found-problems.ts';
import { versionMetadata } from './metadata.ts';
import { configureModel, modelUrl } from './model-remotes.ts';
import type { SharingProblem, VersionSide } from './problems.ts';
import { remoteRefNames } from './ref-layout.ts';
import { LAZY_FILTER } from './remote.ts';

export interface VersionsToExplain {
  readonly model: string;
  /** Versions that are other ones on the remote; `moved` where both sides had the same once. */
  readonly versions: readonly {
    readonly version: string;
    readonly tag: ObjectId;
    readonly isMoved: boolean;
  }[];
}

/**
 * Tells of versions that stand for something else on the remote what each side holds. What the remote has is looked at
 * in a repository that is thrown away: none of it comes near the model's.
 */
export async function explainVersions(
  contact: Contact,
  repository: Repository,
  { model, versions }: VersionsToExplain,
): Promise<SharingProblem[]> {
  if (versions.length === 0) return [];
  const theirs = await theirSides(
    contact,
    model,
    versions.map(({ version }) => version),
  );
  const problems: SharingProblem[] = [];
  for (const { version, tag, isMoved } of versions) {
    const ours = await sideAt(repository, { model, version }, tag).catch(() => null);
    const sides = { model, version, ours, theirs: theirs.get(version) ?? null };
    problems.push(explained(contact.remote.name, sides, isMoved));
  }
  return problems;
}

interface Sides {
  readonly model: string;
  readonly version: string;
  readonly ours: VersionSide | null;
  readonly theirs: VersionSide | null;
}

function explained(remote: string, sides: Sides, isMoved: boolean): SharingProblem {
  const same = sides.ours !== null && sides.ours.contents === sides.theirs?.contents;
  const difference = same ? 'with the same files, added twice' : 'with other files';
  const found = versionDiffers(sides, remote, isMoved);
  return { ...found, ...sides, message: isMoved ? found.message : `${found.message}, ${difference}` };
}

/** What the remote has, by version; without those that cannot be fetched or read. */
async function theirSides(
  contact: Contact,
  model: string,
  versions: readonly string[],
): Promise<Map<string, VersionSide>> {
  try {
    await using aside = await openAsideRepository(contact.registry);
    return await fetchSides(contact, aside.repository, { model, versions });
  } catch (error) {
    if (asCairnError(error).code === 'cancelled') throw error;
    // The conflict is told of all the same, with our side alone.
    return new Map();
  }
}

async function fetchSides(
  { registry, remote, programs, signal }: Contact,
  repository: Repository,
  { model, versions }: { readonly model: string; readonly versions: readonly string[] },
): Promise<Map<string, VersionSide>> {
  await configureModel(repository, { model, remote: { ...remote, lazy: true } });
  const { tags } = remoteRefNames(remote.layout, model);
  const { refs } = await fetchRefs(repository, {
    url: modelUrl(remote, model),
    refspecs: versions.map((version) => `${tags}${version}:${TAG_PREFIX}${version}`),
    filter: LAZY_FILTER,
    programs,
    signal,
  });
  const sides = new Map<string, VersionSide>();
  for (const { name, remote: tag } of refs) {
    if (tag === null) continue;
    const version = name.slice(TAG_PREFIX.length);
    const ids = versionMetadata(repository, tag);
    await bringObjects(registry, repository, { what: `${model}@${version}`, ids, ...(signal && { signal }) });
    const side = await sideAt(repository, { model, version }, tag).catch(() => null);
    if (side) sides.set(version, side);
  }
  return sides;
}

async function sideAt(
  repository: Repository,
  target: { readonly model: string; readonly version: string },
  tag: ObjectId,
): Promise<VersionSide> {
  const { document, files } = await readVersionAt(repository, target, tag);
  const { type, createdAt, createdBy, description } = document;
  const { name, email } = createdBy;
  const size = document.files.reduce((sum, file) => sum + file.size, 0);
  return {
    ...{ tag, contents: files ?? parseTag((await repository.objects.read(tag)).bytes).target },
    ...{ type, createdAt, createdBy: { name, email }, description, files: document.files.length, size },
  };
}
