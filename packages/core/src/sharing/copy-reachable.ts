import {
  type GitObject,
  type ObjectId,
  type ObjectWriter,
  parseCommit,
  parseTag,
  parseTree,
  type Repository,
} from '@cairn/store';

/** Copies what some objects lead to into another repository, as far as it is there. */
export function copyReachable({ objects }: Repository, writer: ObjectWriter, tips: Iterable<ObjectId>): void {
  const waiting = new Set<ObjectId>(tips);
  // A set goes on with what is added while it is walked, and takes nothing twice.
  for (const id of waiting) {
    if (!objects.has(id)) continue;
    const object = objects.readSync(id);
    writer.add(object.kind, object.bytes);
    for (const next of namedIn(object)) waiting.add(next);
  }
}

function namedIn({ kind, bytes }: GitObject): readonly ObjectId[] {
  if (kind === 'tag') return [parseTag(bytes).target];
  if (kind === 'tree') return parseTree(bytes).map(({ id }) => id);
  if (kind === 'blob') return [];
  const { tree, parents } = parseCommit(bytes);
  return [tree, ...parents];
}
