import { existsSync } from 'node:fs';
import { removeIfThere, replaceAllDurably, writeFileDurably } from '../files/durable.ts';

/** Marks a pack of a partial clone: what its objects refer to may be missing, as a remote has promised it. */
export const PROMISOR_SUFFIX = '.promisor';

/** A pack and its index under temporary names, both on the disk. */
export interface SealedPack {
  readonly pack: string;
  readonly index: string;
  /** What they are to be called, without `.pack` or `.idx`. */
  readonly path: string;
  /** Whether it is a pack of a partial clone. */
  readonly isPromisor?: boolean;
}

/**
 * Gives packs of one folder their names: all packs, then all indexes, by which they become visible. The same objects
 * in the same order make the same pack, which may be there already. When it fails, no pack is left without an index.
 */
export function publishPacks(sealed: readonly SealedPack[]): void {
  const added = sealed.filter(({ path }) => !isThere(path));
  try {
    // Before the pack is seen: without it, what is promised would count as missing.
    for (const { path, isPromisor } of added) if (isPromisor) writeFileDurably(path + PROMISOR_SUFFIX, '');
    replaceAllDurably(added.map(({ pack, path }) => ({ from: pack, to: `${path}.pack` })));
    replaceAllDurably(added.map(({ index, path }) => ({ from: index, to: `${path}.idx` })));
  } catch (error) {
    const nameless = added.filter(({ index }) => existsSync(index));
    for (const { path } of nameless) {
      removeIfThere(`${path}.pack`);
      removeIfThere(path + PROMISOR_SUFFIX);
    }
    throw error;
  }
}

function isThere(path: string): boolean {
  return existsSync(`${path}.idx`) && existsSync(`${path}.pack`);
}
