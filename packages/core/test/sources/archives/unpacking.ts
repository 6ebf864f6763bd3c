import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from 'vitest';
import { CairnError } from '../../../src/errors.ts';
import { packingOf } from '../../../src/sources/archives/compression.ts';
import { unpackArchive } from '../../../src/sources/archives/unpack.ts';

/** Unpacks bytes in a folder, and gives text by path; names of files that may be run end in `*`. */
export async function unpackedFrom(bytes: Uint8Array, folder: string): Promise<Record<string, string>> {
  const place = mkdtempSync(join(folder, 'unpacking-'));
  const file = join(place, 'archive');
  const target = join(place, 'files');
  writeFileSync(file, bytes);
  mkdirSync(target);
  try {
    return await unpackInto(target, file);
  } finally {
    // Whatever goes wrong, nothing is written beside the folder.
    expect(readdirSync(place).sort()).toEqual(['archive', 'files']);
    rmSync(place, { recursive: true });
  }
}

async function unpackInto(target: string, file: string): Promise<Record<string, string>> {
  const packing = await packingOf(file);
  if (packing === null) throw new Error('it is no archive');
  await unpackArchive(file, target, { packing });
  return contentsOf(target);
}

/** What goes wrong when they are unpacked. */
export async function unpackFailure(bytes: Uint8Array, folder: string): Promise<CairnError> {
  try {
    await unpackedFrom(bytes, folder);
  } catch (error) {
    if (error instanceof CairnError && error.hint) return error;
    throw error;
  }
  throw new Error('it was unpacked');
}

/** Text of all files below a folder, by path. */
export function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    paths.map((path) => {
      const mark = (statSync(path).mode & 0o100) !== 0 ? '*' : '';
      return [`${relative(folder, path)}${mark}`, readFileSync(path, 'latin1')];
    }),
  );
}
