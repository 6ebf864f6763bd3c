import { setImmediate } from 'node:timers/promises';
import { type GitObject, listRefs, type ObjectId, parseTag, type Repository, readRef } from '@cairn/store';
import { readCache, writeCache } from '../cache/cache-file.ts';
import type { Identity } from '../environment.ts';
import { asCairnError, asReadingError, CairnError } from '../errors.ts';
import { isVersionName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import { parseTagMessage, type TagSummary } from './tag-message.ts';

export const TAG_PREFIX = 'refs/tags/';

/** What the tag of one version says. */
export interface VersionTag extends TagSummary {
  readonly name: string;
  /** `null` when the ref itself cannot be read. */
  readonly tag: ObjectId | null;
  readonly createdBy: Identity;
  /** Set when the tag is not that of a version, or cannot be read; the rest is empty then. */
  readonly problem?: CairnError;
  /** Whether the tag cannot be read, so that nobody knows how new the version is. */
  readonly isLost?: true;
}

/** Tags read before others get their turn. */
const TURN_AFTER = 200;

/** From this many tags read anew the cache is written again: below, reading them is as fast. */
const CACHE_FROM = 50;

type CachedTag = Omit<VersionTag, 'tag'>;

/** All versions of a model as their tags tell, newest first. Reads each tag object once in the life of the cache. */
export async function versionTags(
  repository: Repository,
  registry: Registry,
  model: string,
): Promise<VersionTag[]> {
  const tags: VersionTag[] = [];
  const refs = listRefs(repository.gitDir, TAG_PREFIX, (ref, error) => {
    tags.push(lost(model, { name: ref.slice(TAG_PREFIX.length), tag: null }, error));
  });
  const cacheName = `versions/${model}`;
  const cached: Record<string, CachedTag> =
    refs.size >= CACHE_FROM ? ((await readCache<Record<string, CachedTag>>(registry, cacheName)) ?? {}) : {};
  let fresh = 0;
  for (const [ref, { id }] of refs) {
    const name = ref.slice(TAG_PREFIX.length);
    if (!isVersionName(name)) continue;
    const known = cached[id];
    if (known?.name === name) tags.push({ ...known, tag: id });
    else {
      const tag = readTag(repository, { model, name, id });
      // A version that is being deleted does not wait for whoever lists it.
      if (tag.problem === undefined || readRef(repository.gitDir, ref) === id) tags.push(tag);
      fresh += 1;
      if (fresh % TURN_AFTER === 0) await setImmediate();
    }
  }
  if (fresh >= CACHE_FROM) await writeCache(registry, cacheName, cacheable(tags));
  return tags.sort(newestFirst);
}

/**
 * The newest of versions in the order of {@link versionTags}. None when it cannot be told: an older one must not
 * pass for the newest because that is damaged.
 */
export function latestOf(tags: readonly VersionTag[]): VersionTag | undefined {
  return tags.some(({ isLost }) => isLost) ? undefined : tags.find(({ problem }) => problem === undefined);
}

/** By time; those made in the same millisecond by name, with numbers in their natural order. */
function newestFirst(a: VersionTag, b: VersionTag): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return NATURAL.compare(b.name, a.name);
}

const NATURAL = new Intl.Collator('en', { numeric: true });

interface TagToRead {
  readonly model: string;
  readonly name: string;
  readonly id: ObjectId;
}

function readTag(repository: Repository, { model, name, id }: TagToRead): VersionTag {
  let object: GitObject;
  try {
    object = repository.objects.readSync(id);
  } catch (error) {
    return lost(model, { name, tag: id }, error);
  }
  try {
    return { ...versionOf(object, name), name, tag: id };
  } catch (error) {
    return unreadable(model, { name, tag: id }, error);
  }
}

function versionOf({ kind, bytes }: GitObject, name: string): TagSummary & Pick<VersionTag, 'createdBy'> {
  if (kind !== 'tag')
    throw new CairnError('damaged', `the tag ${name} points at a ${kind}, not at an annotated tag`);
  const { tagger, message, name: ownName } = parseTag(bytes);
  checkTagName(ownName, name);
  const createdBy = { name: tagger?.name ?? '', email: tagger?.email ?? '' };
  return { ...parseTagMessage(message, name), createdBy };
}

type TagRef = Pick<VersionTag, 'name' | 'tag'>;

function lost(model: string, ref: TagRef, error: unknown): VersionTag {
  return { ...unreadable(model, ref, error), isLost: true };
}

function unreadable(model: string, { name, tag }: TagRef, error: unknown): VersionTag {
  return { ...UNREADABLE, name, tag, problem: asCairnError(asReadingError(`${model}@${name}`, error)) };
}

/** A ref with a name that its tag does not have was moved, by accident or to pass one version off as another. */
export function checkTagName(found: string, expected: string): void {
  if (found === expected) return;
  throw new CairnError(
    'damaged',
    `the tag ${expected} calls itself ${JSON.stringify(found)}: it is not this version`,
    {
      hint: 'take it from another clone; if it was made as another name for that version, delete it with `git tag -d`',
      data: { version: expected, found },
    },
  );
}

const UNREADABLE = {
  description: '',
  type: 'plaintext',
  files: 0,
  size: 0,
  createdAt: '1970-01-01T00:00:00.000Z',
  createdBy: { name: '', email: '' },
} as const;

function cacheable(tags: readonly VersionTag[]): Record<string, CachedTag> {
  const readable = tags.filter(({ problem }) => problem === undefined);
  return Object.fromEntries(readable.map(({ tag, ...rest }) => [tag, rest]));
}
