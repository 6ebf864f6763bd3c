import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linearPackage, temporaryFolder, zipFile } from '@cairn/testkit';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { CairnError } from '../../../src/errors.ts';
import { filePathProblem } from '../../../src/file-path.ts';
import { openArchive } from '../../../src/packages/archive-reader.ts';
import { type ForgedEntry, forgedArchive } from '../../packages/forged-archive.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const file = join(folder.path, 'mutant.mlarchive');

/** What may be said of an archive that is not taken. */
const CODES = ['invalid', 'damaged', 'hostile', 'unsupported'];

/** What an archive holds, by path, or `null` when it is refused. Throws when it is refused in any other way. */
async function readOrRefuse(bytes: Uint8Array): Promise<Record<string, string> | null> {
  writeFileSync(file, bytes);
  try {
    await using archive = await openArchive(file);
    const contents: Record<string, string> = {};
    for (const entry of archive.entries) {
      expect(filePathProblem(entry.path)).toBeNull();
      let text = '';
      for await (const chunk of archive.stream(entry)) {
        text += Buffer.from(chunk).toString('latin1');
        expect(text.length).toBeLessThanOrEqual(entry.size);
      }
      contents[entry.path] = text;
    }
    return contents;
  } catch (error) {
    if (!(error instanceof CairnError) || !CODES.includes(error.code)) throw error;
    return null;
  }
}

const FILES: Readonly<Record<string, string>> = {
  ...linearPackage(),
  'models/weights.bin': 'w'.repeat(3000),
};

const ENTRIES = Object.entries(FILES).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));

const FORMS = {
  stored: {},
  deflated: { deflate: true },
  streamed: { deflate: true, descriptors: true },
  zip64: { deflate: true, zip64: 'everything' },
} as const;

const MUTANTS_PER_FORM = 3_000;

describe.each(Object.entries(FORMS))('of an archive that is %s', (_, options) => {
  const whole = Buffer.from(zipFile(ENTRIES, options).bytes);
  const place = fc.nat({ max: whole.length - 1 });
  const mutant = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(place, fc.nat({ max: 7 })).map(([at, bit]) => flipped(whole, at, bit)) },
    {
      weight: 5,
      arbitrary: fc
        .tuple(directoryPlace(whole), fc.nat({ max: 7 }))
        .map(([at, bit]) => flipped(whole, at, bit)),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(directoryPlace(whole), extreme())
        .map(([at, bytes]) => overwritten(whole, at, bytes)),
    },
    { weight: 2, arbitrary: fc.tuple(place, extreme()).map(([at, bytes]) => overwritten(whole, at, bytes)) },
    { weight: 1, arbitrary: place.map((end) => whole.subarray(0, end)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(place, place)
        .map(([a, b]) => Buffer.concat([whole.subarray(0, a), whole.subarray(b)])),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(place, place, place)
        .map(([a, b, to]) => copied(whole, [Math.min(a, b), Math.max(a, b)], to)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(place, fc.uint8Array({ maxLength: 60 }))
        .map(([at, bytes]) => Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)])),
    },
  );

  test('no mutant gives other contents: it is refused, or what was changed does not matter', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(mutant, async (bytes) => {
        const contents = await readOrRefuse(bytes);
        if (contents === null) refused += 1;
        else expect(contents).toEqual(FILES);
      }),
      { numRuns: MUTANTS_PER_FORM },
    );
    expect(refused).toBeGreaterThan(MUTANTS_PER_FORM / 4);
  });
});

/** A place in the directory or behind it. */
function directoryPlace(whole: Buffer): fc.Arbitrary<number> {
  return fc.integer({ min: whole.indexOf('PK\u0001\u0002'), max: whole.length - 1 });
}

/** Numbers at the edges of what 2, 4 and 8 bytes hold. */
function extreme(): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(2, 4, 8), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))
    .map(([size, byte]) => Buffer.alloc(size, byte));
}

function flipped(whole: Buffer, at: number, bit: number): Buffer {
  const bytes = Buffer.from(whole);
  bytes[at]! ^= 1 << bit;
  return bytes;
}

function overwritten(whole: Buffer, at: number, by: Buffer): Buffer {
  const bytes = Buffer.from(whole);
  by.copy(bytes, at);
  return bytes;
}

function copied(whole: Buffer, [start, end]: readonly [number, number], to: number): Buffer {
  return overwritten(whole, to, whole.subarray(start, end));
}

test('whatever the entries of an archive say, it is read within its limits or refused', async () => {
  const small = fc.nat({ max: 0xffff });
  const large = fc.oneof(fc.nat({ max: 200 }), fc.constantFrom(0, 0xffffffff, 0xfffffffe, 0x7fffffff));
  const name = fc.oneof(
    fc.constantFrom('models/a', 'models/A', 'models/', 'models', '../a', '/a', 'a\\b', 'manifest.json', ''),
    fc.string({ maxLength: 20 }),
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  );
  const lies = {
    name,
    flags: small,
    method: fc.constantFrom(0, 8, 9),
    crc: large,
    size: large,
    packedSize: large,
  };
  const entry: fc.Arbitrary<ForgedEntry> = fc.record(
    {
      ...lies,
      content: fc.oneof(fc.string({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 })),
      deflate: fc.boolean(),
      mode: small,
      madeBy: fc.nat({ max: 255 }),
      extra: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      head: fc.record(lies, { requiredKeys: [] }),
      shift: fc.integer({ min: -50, max: 50 }).filter((shift) => shift >= 0),
    },
    { requiredKeys: ['name'] },
  ) as fc.Arbitrary<ForgedEntry>;
  const end = fc.record(
    { count: small, disk: fc.constantFrom(0, 0, 0, 1), offset: large },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 4 }), end, async (entries, lie) => {
      await readOrRefuse(forgedArchive(entries, lie as object));
    }),
    { numRuns: 5_000 },
  );
});
