import {
  type GitObject,
  type ObjectId,
  type ObjectWriter,
  parseCommit,
  parseTag,
  parseTree,
  type Repository,
} from '@cairn/store';

/**
 * Copies what some objects lead to into another repository, as far as it is there. Gives false, and may have copied
 * some of it, where anything but blobs is missing: a filter leaves out nothing else, so that a server has withheld it.
 */
export function copyReachable(
  { objects }: Repository,
  writer: ObjectWriter,
  tips: Iterable<ObjectId>,
): boolean {
  const waiting = new Set<ObjectId>(tips);
  const blobs = new Set<ObjectId>();
  const enter = (id: ObjectId, isBlob: boolean) => void (isBlob ? blobs : waiting).add(id);
  // A set goes on with what is added while it is walked, and takes nothing twice.
  for (const id of waiting) {
    if (!objects.has(id)) return false;
    const object = objects.readSync(id);
    writer.add(object.kind, object.bytes);
    enterLinks(object, enter);
  }
  for (const id of blobs) {
    if (waiting.has(id) || !objects.has(id)) continue;
    const { kind, bytes } = objects.readSync(id);
    if (kind !== 'blob') return false;
    writer.add(kind, bytes);
  }
  return true;
}

function enterLinks({ kind, bytes }: GitObject, enter: (id: ObjectId, isBlob: boolean) => void): void {
  if (kind === 'tag') {
    const tag = parseTag(bytes);
    enter(tag.target, tag.kind === 'blob');
  } else if (kind === 'tree') {
    for (const { mode, id } of parseTree(bytes)) {
      if (mode !== '160000') enter(id, mode !== '40000');
    }
  } else if (kind === 'commit') {
    const { tree, parents } = parseCommit(bytes);
    for (const id of [tree, ...parents]) enter(id, false);
  }
}
