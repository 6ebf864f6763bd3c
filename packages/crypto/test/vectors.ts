import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';

/** Public test vectors, which lie beside the checkout where they are at hand. */
const folder = new URL('../../../../shared/vectors/', import.meta.url);

/** A name for a suite that reads a vector file, which says so when the file is not there. */
export function vectorSuite(name: string, file: string): { readonly name: string; readonly skip: boolean } {
  const skip = !existsSync(new URL(file, folder));
  return { name: skip ? `${name} (skipped: no ${fileURLToPath(new URL(file, folder))})` : name, skip };
}

/** The groups of tests of a Wycheproof file. */
export function vectorGroups<G, T>(file: string): readonly (G & { readonly tests: readonly T[] })[] {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')).testGroups;
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

export function inflated(hex: string): Uint8Array {
  return Uint8Array.from(inflateSync(Buffer.from(hex, 'hex')));
}
