import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { parseTree } from '../objects/tree.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { partsFromNames } from '../parts/names.ts';

/** One blob of a file, in file order. */
export interface PartRef {
  /** Offset in the file, bytes. */
  readonly start: number;
  readonly size: number;
  readonly id: ObjectId;
}

/** What a file is made of: one part for a small one. Starts and sizes are checked to cover it without gap. */
export interface FileContent {
  /** What messages call it. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 that the whole file must have, lower-case hex. */
  readonly sha256: string;
  readonly parts: readonly PartRef[];
}

/** Reads the parts of a large file from its tree; their names must cover `size` bytes from 0 on. */
export async function readParts(objects: ObjectStore, tree: ObjectId, size: number): Promise<PartRef[]> {
  const entries = parseTree((await objects.read(tree)).bytes);
  const folder = entries.find(({ mode }) => mode !== '100644');
  if (folder)
    throw new StoreError(
      'damaged',
      `expected only parts in tree ${tree}, got ${folder.name} (${folder.mode})`,
    );
  const parts = partsFromNames(
    entries.map(({ name }) => name),
    size,
  );
  return parts.map(({ start, size: partSize }, index) => ({ start, size: partSize, id: entries[index]!.id }));
}

/** The index of the part that holds a byte, by binary search; parts are in order and without gaps. */
export function partIndexAt(parts: readonly PartRef[], offset: number): number {
  let low = 0;
  let high = parts.length;
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (parts[middle]!.start <= offset) low = middle;
    else high = middle;
  }
  return low;
}
