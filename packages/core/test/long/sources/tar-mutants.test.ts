import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pseudoRandomBytes, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { CairnError } from '../../../src/errors.ts';
import { packingOf } from '../../../src/sources/archives/compression.ts';
import { unpackArchive } from '../../../src/sources/archives/unpack.ts';
import { paxEntry, type TarSpec, tarEntry, tarFile } from '../../sources/archives/tar-file.ts';
import { contentsOf } from '../../sources/archives/unpacking.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

/** What may be said of an archive that is not taken. */
const CODES = ['invalid', 'damaged', 'hostile', 'unsupported'];

/** What bytes unpack to, by path, or `null` when they are refused or no archive. Throws when they do anything else. */
async function unpackOrRefuse(bytes: Uint8Array): Promise<Record<string, string> | null> {
  const place = mkdtempSync(join(folder.path, 'mutant-'));
  const file = join(place, 'archive');
  const target = join(place, 'files');
  writeFileSync(file, bytes);
  mkdirSync(target);
  try {
    const packing = await packingOf(file);
    if (packing === null) return null;
    await unpackArchive(file, target, { packing });
    return contentsOf(target);
  } catch (error) {
    if (!(error instanceof CairnError) || !CODES.includes(error.code)) throw error;
    return null;
  } finally {
    expect(readdirSync(place).sort()).toEqual(['archive', 'files']);
    rmSync(place, { recursive: true });
  }
}

const ENTRIES: readonly (TarSpec | Buffer)[] = [
  { name: './', type: '5' },
  { name: './model.yaml', bytes: 'name: m\n' },
  { name: './src/', type: '5' },
  paxEntry({ path: './src/a name that pax has, größe.py', size: '5' }),
  { name: './src/cut', bytes: 'hello' },
  { name: './run.sh', bytes: Buffer.from(pseudoRandomBytes(1, 700)), mode: 0o755 },
  { name: './link', type: '2', linkName: 'src/../model.yaml' },
  { name: './code', type: '2', linkName: 'src' },
  { name: './hard', type: '1', linkName: './run.sh' },
  tarEntry({ name: '././@LongLink', type: 'L', bytes: `./${'l'.repeat(120)}\0`, magic: 'ustar  \0' }),
  { name: './cut', bytes: 'x', magic: 'ustar  \0' },
];

const TAR = tarFile(ENTRIES);

const by = (program: string, ...options: string[]) => {
  try {
    return execFileSync(program, ['-c', ...options], { input: TAR });
  } catch {
    return null;
  }
};

const FORMS: readonly (readonly [string, Buffer | null])[] = [
  ['tar', TAR],
  ['tar.gz', gzipSync(TAR)],
  ['tar.zst', zstdCompressSync(TAR)],
  ['tar.xz', by('xz', '-6')],
  ['tar.bz2', by('bzip2', '-1')],
];

/** As many as run in some ten seconds of processor time each. */
const MUTANTS_PER_FORM = 700;

describe.each(FORMS)('of a %s', (form, whole) => {
  test.skipIf(whole === null)('every mutant is what it was, something harmless, or refused', async () => {
    const bytes = whole!;
    const original = await unpackOrRefuse(bytes);
    expect(Object.keys(original ?? {})).toHaveLength(7);
    const property = fc.asyncProperty(mutants(bytes), async (mutant) => {
      const contents = await unpackOrRefuse(mutant);
      // Whatever has a checksum over all of it is what it was, or is refused.
      if (contents !== null && HAS_CHECKSUM.includes(form)) expect(contents).toEqual(original);
    });
    await fc.assert(property, { numRuns: MUTANTS_PER_FORM });
  });
});

const HAS_CHECKSUM: readonly string[] = ['tar.gz', 'tar.xz', 'tar.bz2'];

describe('of a tar whose heads are summed anew', () => {
  test('every mutant is something harmless, or refused', async () => {
    const heads = headsOf(TAR);
    const property = fc.asyncProperty(
      fc.constantFrom(...heads),
      fc.nat({ max: 511 }),
      fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 12 }),
        fc.constantFrom(...TEXTS.map((text) => Buffer.from(text))),
      ),
      async (head, at, bytes) => {
        const mutant = Buffer.from(TAR);
        Buffer.from(bytes).copy(mutant, head + at, 0, Math.min(bytes.length, 512 - at));
        resum(mutant.subarray(head, head + 512));
        await unpackOrRefuse(mutant);
      },
    );
    await fc.assert(property, { numRuns: 2 * MUTANTS_PER_FORM });
  });
});

const TEXTS = [
  '../',
  '/etc/x',
  '..',
  '\0',
  './',
  '77777777777',
  '\x80\0\0\0\0\0\0\0\0\0\0\x01',
  '\xff'.repeat(12),
];

function mutants(whole: Buffer): fc.Arbitrary<Buffer> {
  const place = fc.nat({ max: whole.length - 1 });
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(place, fc.nat({ max: 7 })).map(([at, bit]) => flipped(whole, at, bit)) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 9 }))
        .map(([at, bytes]) => overwritten(whole, at, bytes)),
    },
    { weight: 2, arbitrary: place.map((end) => whole.subarray(0, end)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(place, place)
        .map(([a, b]) => Buffer.concat([whole.subarray(0, a), whole.subarray(b)])),
    },
  );
}

function flipped(whole: Buffer, at: number, bit: number): Buffer {
  const copy = Buffer.from(whole);
  copy[at]! ^= 1 << bit;
  return copy;
}

function overwritten(whole: Buffer, at: number, bytes: Uint8Array): Buffer {
  const copy = Buffer.from(whole);
  Buffer.from(bytes).copy(copy, at, 0, Math.min(bytes.length, whole.length - at));
  return copy;
}

/** Where the heads of its entries stand. */
function headsOf(tar: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 0; at < tar.length && tar[at] !== 0; ) {
    starts.push(at);
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return starts;
}

function resum(head: Buffer): void {
  head.fill(' ', 148, 156);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}
