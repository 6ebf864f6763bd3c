import { type PartRef, partIndexAt } from '@cairn/store';
import { formatReference, parseReference } from '../reference.ts';
import type { Registry } from '../registry/registry.ts';
import { type ReferenceInput, withVersion } from '../versions/show.ts';
import { contentFinder } from '../versions/version-content.ts';

/** The parts that a file of a version is stored as, in file order; none for a file that is sealed. */
export async function storedParts(
  registry: Registry,
  reference: ReferenceInput,
): Promise<readonly PartRef[]> {
  const { path, ...version } = typeof reference === 'string' ? parseReference(reference) : reference;
  return withVersion(registry, version, async (repository, target, stored) => {
    const file = stored.document.files.find((entry) => entry.path === path);
    if (!file) return [];
    const { parts } = await contentFinder(repository, stored, formatReference(target)).find(file);
    return parts;
  });
}

/** How many bytes from an offset on are the same in two files, as far as one common part tells; 0 when none does. */
export function bytesInCommon(
  parts: readonly PartRef[],
  offset: number,
  other: { readonly parts: readonly PartRef[]; readonly offset: number },
): number {
  const first = partAt(parts, offset);
  const second = partAt(other.parts, other.offset);
  if (!first || !second || first.id !== second.id) return 0;
  const inside = offset - first.start;
  return inside === other.offset - second.start ? first.size - inside : 0;
}

/**
 * The parts that lie within a range of a file, by their place in it. Two ranges differ where they have another part at
 * the same place: the same bytes have the same id.
 */
export function partsWithin(
  parts: readonly PartRef[],
  { start, size }: { readonly start: number; readonly size: number },
): ReadonlyMap<string, string> {
  const inside = new Map<string, string>();
  for (let index = partIndexAt(parts, start); index < parts.length; index += 1) {
    const part = parts[index]!;
    if (part.start + part.size > start + size) break;
    if (part.start >= start) inside.set(`${part.start - start} ${part.size}`, part.id);
  }
  return inside;
}

/** The part that holds a byte, by binary search; parts are in order and without gaps. */
function partAt(parts: readonly PartRef[], offset: number): PartRef | undefined {
  return parts[partIndexAt(parts, offset)];
}
