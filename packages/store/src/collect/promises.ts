import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { type Link, linksOf } from './links.ts';
import { MARK } from './object-table.ts';
import type { Collected, Survey } from './survey.ts';

/**
 * Marks as reached what would go from the packs of a partial clone although it refers to something that is missing.
 * An object may be missing only as long as one from the remote names it (git's `Documentation/technical/
 * partial-clone.txt`); something made here may need that promise, and what is kept for it is trees alone.
 */
export function keepPromises(
  { objects }: Collected,
  { packs, table }: Survey,
  isDead: (position: number) => boolean,
): void {
  for (const { file } of packs.filter(({ disk }) => disk.isPromisor)) {
    for (const id of file.index.ids()) {
      const position = table.find(id)!;
      if (!isDead(position)) continue;
      const isMissing = ({ id: named }: Link) => table.find(named) === null;
      if (linksFrom({ objects }, id).some(isMissing)) table.mark(position, MARK.reached);
    }
  }
}

/**
 * Tells what a remote has promised: all that the packs of a partial clone refer to. They are looked through when it is
 * first asked, which only takes something made here that refers to what is missing.
 */
export function promisesIn(
  repository: Pick<Collected, 'objects'>,
  { packs, table }: Survey,
): (id: ObjectId) => boolean {
  let missing: Set<ObjectId> | null = null;
  const look = () => {
    const found = new Set<ObjectId>();
    for (const { file } of packs.filter(({ disk }) => disk.isPromisor)) {
      for (const link of file.index.ids().flatMap((id) => linksFrom(repository, id))) {
        if (table.find(link.id) === null) found.add(link.id);
      }
    }
    return found;
  };
  return (id) => {
    missing ??= look();
    return missing.has(id);
  };
}

/** What an object refers to; nothing for one that cannot be read, which promises nothing either. */
export function linksFrom({ objects }: Pick<Collected, 'objects'>, id: ObjectId): readonly Link[] {
  try {
    return objects.sizeOf(id).kind === 'blob' ? [] : linksOf(objects.readSync(id));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [];
  }
}
