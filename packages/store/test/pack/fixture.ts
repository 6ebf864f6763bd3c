import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText } from '@cairn/testkit';
import { expect } from 'vitest';
import { type GitObject, hashObject, type ObjectId, type ObjectKind } from '../../src/objects/object-id.ts';
import { encodeIndex, type IndexEntry } from '../../src/pack/index-format.ts';
import { openObjectStore } from '../../src/pack/object-store.ts';
import { encodePackHeader } from '../../src/pack/pack-file.ts';

export function createRepository(path: string): string {
  gitText('.', 'init', '--quiet', '--bare', '--initial-branch=main', path);
  return join(path, 'objects', 'pack');
}

/** Bytes that look random but are the same in every run. */
export function noise(size: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let state = seed * 2_654_435_761;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

const PERSON = 'T <t@example.invalid>';

/**
 * A history that Git can make deltas of: some text files that grow by lines, a larger binary one of which a few
 * bytes change, an annotated tag on every commit. In one pack, or as loose
 * objects.
 */
export function importHistory(gitDir: string, commits: number, { loose = false } = {}): void {
  const pieces: (string | Buffer)[] = [];
  const weights = noise(20_000);
  for (let number = 1; number <= commits; number++) {
    const text = Array.from(
      { length: 100 + number },
      (_, line) => `line ${line} of ${number % 3} files\n`,
    ).join('');
    weights.writeUInt32BE(number, (number * 977) % 19_000);
    pieces.push(
      `commit refs/heads/main\nmark :${number}\ncommitter ${PERSON} ${1000 + number} +0000\n`,
      `data 7\ncommit\nM 100644 inline text.txt\ndata ${text.length}\n${text}\n`,
      `M 100755 inline folder/weights\ndata ${weights.length}\n`,
      Buffer.from(weights),
      `\ntag v${number}\nfrom :${number}\ntagger ${PERSON} ${1000 + number} +0000\ndata 8\nversion\n\n`,
    );
  }
  const limit = `fastimport.unpackLimit=${loose ? 1_000_000 : 1}`;
  git(
    gitDir,
    ['-c', limit, 'fast-import', '--quiet'],
    Buffer.concat(pieces.map((piece) => Buffer.from(piece))),
  );
}

/** Every object of a repository, as the real Git reads it. */
export function objectsOf(gitDir: string): Map<ObjectId, GitObject> {
  const output = git(gitDir, ['cat-file', '--batch', '--batch-all-objects']);
  const objects = new Map<ObjectId, GitObject>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf('\n', at);
    const [id, kind, size] = output.toString('latin1', at, end).split(' ');
    const start = end + 1;
    at = start + Number(size) + 1;
    objects.set(id as ObjectId, { kind: kind as ObjectKind, bytes: output.subarray(start, at - 1) });
  }
  return objects;
}

/** Reads every object in every way, and compares it with what Git reads. */
export async function expectSameObjects(gitDir: string): Promise<void> {
  const objects = objectsOf(gitDir);
  const store = openObjectStore(gitDir);
  try {
    for (const [id, object] of objects) {
      const { kind, bytes } = object;
      expect(store.has(id)).toBe(true);
      expect(store.sizeOf(id)).toEqual({ kind, size: bytes.length });
      expectSame(store.readSync(id), object);
      expectSame(await store.read(id), object);
      if (kind === 'blob') {
        expect(store.readBlobSync(id).equals(bytes)).toBe(true);
        expect(store.readBlobSync(id, { sizeExpected: bytes.length }).equals(bytes)).toBe(true);
      }
    }
  } finally {
    store.close();
  }
}

function expectSame(got: GitObject, expected: GitObject): void {
  expect(got.kind).toBe(expected.kind);
  expect(got.bytes.equals(expected.bytes)).toBe(true);
}

export interface RawEntry {
  readonly id: ObjectId;
  readonly bytes: Buffer;
}

/** A pack of entries that may be anything, with an index that fits it. */
export function buildPack(entries: readonly RawEntry[]): { pack: Buffer; index: Buffer } {
  const listed: IndexEntry[] = [];
  let offset = 12;
  for (const { id, bytes } of entries) {
    listed.push({ id, crc: 0, offset });
    offset += bytes.length;
  }
  const body = Buffer.concat([encodePackHeader(entries.length), ...entries.map(({ bytes }) => bytes)]);
  const checksum = createHash('sha1').update(body).digest();
  return { pack: Buffer.concat([body, checksum]), index: encodeIndex(listed, checksum) };
}

export function writePack(
  packFolder: string,
  name: string,
  { pack, index }: { pack: Buffer; index: Buffer },
): void {
  writeFileSync(join(packFolder, `${name}.pack`), pack);
  writeFileSync(join(packFolder, `${name}.idx`), index);
}

/** The only pack of a folder, without its suffix. */
export function onlyPack(packFolder: string): string {
  const names = readdirSync(packFolder).filter((name) => name.endsWith('.pack'));
  expect(names).toHaveLength(1);
  return join(packFolder, names[0]!.slice(0, -'.pack'.length));
}

/** Overwrites one byte of a file that Git has made read-only. */
export function damageByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  expect(at).toBeLessThan(bytes.length);
  bytes[at]! ^= 0x10;
  replaceFile(path, bytes);
}

export function replaceFile(path: string, bytes: Buffer): void {
  chmodSync(path, 0o644);
  rmSync(path);
  writeFileSync(path, bytes);
}

export function fakeId(number: number, prefix = ''): ObjectId {
  const digest = createHash('sha1').update(`${number}`).digest('hex');
  return (prefix + digest.slice(prefix.length)) as ObjectId;
}

export function blobId(bytes: Uint8Array): ObjectId {
  return hashObject('blob', bytes);
}

/** Files below a folder that this process has open; Linux only. */
export function openFilesBelow(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return [];
    }
  });
}
