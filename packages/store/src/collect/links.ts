import { HeaderReader, parseHeadedText } from '../objects/headers.ts';
import { type GitObject, type ObjectId, type ObjectKind, parseObjectId } from '../objects/object-id.ts';
import { parseTreeTargets } from '../objects/tree.ts';

/** What one object says of another that it refers to. */
export interface Link {
  readonly id: ObjectId;
  /** Null where only a look at the object tells. */
  readonly kind: ObjectKind | null;
}

/**
 * Everything that an object refers to, except commits of other repositories (submodules).
 *
 * Reads no more than the links: a commit with a malformed author, or a tree with a name that no folder can
 * hold, still keeps alive what it names. Throws `damaged` when the links themselves cannot be read.
 */
export function linksOf({ kind, bytes }: GitObject): readonly Link[] {
  switch (kind) {
    case 'blob':
      return [];
    case 'tree':
      return treeLinks(bytes);
    case 'commit':
      return commitLinks(bytes);
    case 'tag':
      return [tagLink(bytes)];
  }
}

function treeLinks(bytes: Buffer): Link[] {
  const links: Link[] = [];
  for (const { mode, id } of parseTreeTargets(bytes)) {
    if (mode !== '160000') links.push({ id, kind: mode === '40000' ? 'tree' : 'blob' });
  }
  return links;
}

function commitLinks(bytes: Buffer): Link[] {
  const reader = new HeaderReader(parseHeadedText(bytes, 'commit').headers, 'commit');
  const links: Link[] = [{ id: parseObjectId(reader.required('tree')), kind: 'tree' }];
  for (let parent = reader.optional('parent'); parent !== null; parent = reader.optional('parent')) {
    links.push({ id: parseObjectId(parent), kind: 'commit' });
  }
  return links;
}

/** The tag also says what its target is; a tag that lies must not hide what the target refers to. */
function tagLink(bytes: Buffer): Link {
  const reader = new HeaderReader(parseHeadedText(bytes, 'tag').headers, 'tag');
  return { id: parseObjectId(reader.required('object')), kind: null };
}
