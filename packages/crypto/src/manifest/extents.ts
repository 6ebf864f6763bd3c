import type { Extent } from './manifest.ts';

/** Appends an extent; one that goes on where the last ends makes that one longer. */
export function appendExtent(extents: Extent[], added: Extent): void {
  const last = extents.at(-1);
  if (last !== undefined && continues(last, added)) {
    extents[extents.length - 1] = { ...last, length: last.length + added.length };
  } else {
    extents.push(added);
  }
}

export function continues(extent: Extent, next: Extent): boolean {
  return extent.object === next.object && extent.offset + extent.length === next.offset;
}

/** Finds ranges of a file in its extents. */
export interface ExtentMap {
  readonly extents: readonly Extent[];
  /** Where each extent begins in the file. */
  readonly starts: readonly number[];
}

export function extentMap(extents: readonly Extent[]): ExtentMap {
  let start = 0;
  const starts = extents.map(({ length }) => {
    start += length;
    return start - length;
  });
  return { extents, starts };
}

/** The extents of `length` bytes of a file from `offset` on, which the caller has checked to be within it. */
export function extentsAt(map: ExtentMap, offset: number, length: number): Extent[] {
  const found: Extent[] = [];
  for (let i = indexAt(map.starts, offset), wanted = offset; wanted < offset + length; i++) {
    const extent = map.extents[i]!;
    const skipped = wanted - map.starts[i]!;
    const taken = Math.min(extent.length - skipped, offset + length - wanted);
    found.push({ object: extent.object, offset: extent.offset + skipped, length: taken });
    wanted += taken;
  }
  return found;
}

/** The last start that is not after `offset`, by halving. */
function indexAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
