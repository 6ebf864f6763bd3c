import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { gitText, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { hashObject, type ObjectId } from '../../src/objects/object-id.ts';
import { type EntryHeader, encodeEntryHeader } from '../../src/pack/entry.ts';
import { openObjectStore } from '../../src/pack/object-store.ts';
import { PackWriter } from '../../src/pack/pack-writer.ts';
import { copy, delta, insert } from './delta-builder.ts';
import {
  blobId,
  buildPack,
  createRepository,
  fakeId,
  importHistory,
  noise,
  objectsOf,
  onlyPack,
  type RawEntry,
  replaceFile,
  writePack,
} from './fixture.ts';

type Objects = ReturnType<typeof objectsOf>;

/** Every object reads as it was, or fails with an error of the store. */
async function expectRightOrRefused(gitDir: string, objects: Objects): Promise<void> {
  const store = openObjectStore(gitDir);
  for (const [id, { kind, bytes }] of objects) {
    const read = await Promise.allSettled([
      new Promise((resolve) => resolve(store.readSync(id))),
      store.read(id),
      new Promise((resolve) =>
        resolve({ kind: 'blob', bytes: store.readBlobSync(id, { sizeExpected: bytes.length }) }),
      ),
    ]);
    for (const result of read) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StoreError);
      else expect(hashObject(kind, (result.value as { bytes: Buffer }).bytes)).toBe(id);
    }
    try {
      store.has(id);
      store.sizeOf(id);
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
    }
  }
  store.close();
}

describe('damage', () => {
  it.each([
    ['a pack with deltas by offset', '.pack', ['repack', '-adfq']],
    ['a pack with deltas by id', '.pack', ['-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq']],
    ['an index', '.idx', ['repack', '-adfq']],
  ])('in %s is reported, or does not matter', async (_, suffix, command) => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    importHistory(folder.path, 4);
    gitText(folder.path, ...command);
    const objects = objectsOf(folder.path);
    const path = `${onlyPack(packFolder)}${suffix}`;
    const good = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: good.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, bits) => {
          const bad = Buffer.from(good);
          bad[at]! ^= bits;
          replaceFile(path, bad);
          await expectRightOrRefused(folder.path, objects);
        },
      ),
      { numRuns: 25 },
    );
    for (const length of [0, 1, 11, 12, 31, 32, 500, good.length - 1]) {
      replaceFile(path, good.subarray(0, length));
      await expectRightOrRefused(folder.path, objects);
    }
  });

  it('in a stored part is reported, or does not matter', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const bytes = noise(200_000);
    const writer = PackWriter.create(packFolder);
    writer.add('blob', blobId(bytes), bytes, 'stored');
    const path = `${writer.finish()!.path}.pack`;
    const good = readFileSync(path);
    fc.assert(
      fc.property(fc.integer({ min: 12, max: good.length - 25 }), fc.nat({ max: 7 }), (at, bit) => {
        const bad = Buffer.from(good);
        bad[at]! ^= 1 << bit;
        replaceFile(path, bad);
        const store = openObjectStore(folder.path);
        const ways = [
          () => store.readBlobSync(blobId(bytes), { sizeExpected: bytes.length }),
          () => store.readSync(blobId(bytes)).bytes,
        ];
        for (const way of ways) expectBytesOrRefusal(way, bytes);
        store.close();
      }),
      { numRuns: 25 },
    );
  });
});

function expectBytesOrRefusal(read: () => Buffer, bytes: Buffer): void {
  try {
    expect(read().equals(bytes)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
  }
}

/** An entry whose header may say anything about its stream. */
function entry(id: ObjectId, header: EntryHeader, content: Uint8Array): RawEntry {
  return { id, bytes: Buffer.concat([encodeEntryHeader(header), deflateSync(content)]) };
}

/** What reading the first of some entries comes to. */
function codesOf(entries: readonly RawEntry[]): { readonly read: string; readonly size: string } {
  using folder = temporaryFolder();
  const packFolder = join(folder.path, 'objects', 'pack');
  mkdirSync(packFolder, { recursive: true });
  writePack(packFolder, 'pack-hostile', buildPack(entries));
  const store = openObjectStore(folder.path);
  const codeOf = (work: () => unknown): string => {
    try {
      work();
      return 'read';
    } catch (error) {
      return error instanceof StoreError ? error.code : String(error);
    }
  };
  const [{ id }] = entries as [RawEntry];
  const codes = { read: codeOf(() => store.readSync(id)), size: codeOf(() => store.sizeOf(id)) };
  store.close();
  return codes;
}

describe('a hostile pack', () => {
  const nothing = delta(5, 5, copy(0, 5));

  it('with deltas of each other is damaged', () => {
    const [one, other] = [fakeId(1), fakeId(2)];
    const circle = [
      entry(one, { kind: 'id-delta', size: nothing.length, base: other }, nothing),
      entry(other, { kind: 'id-delta', size: nothing.length, base: one }, nothing),
    ];
    expect(codesOf(circle)).toEqual({ read: 'damaged', size: 'damaged' });
    const self = entry(one, { kind: 'id-delta', size: nothing.length, base: one }, nothing);
    expect(codesOf([self])).toEqual({ read: 'damaged', size: 'damaged' });
  });

  it.each([0, 1, 13, 1_000_000])('with a base %i bytes before its delta is damaged', (distance) => {
    const bent = entry(fakeId(1), { kind: 'offset-delta', size: nothing.length, distance }, nothing);
    expect(codesOf([bent])).toEqual({ read: 'damaged', size: 'damaged' });
  });

  it('with a base that is in no pack is damaged', () => {
    const bent = entry(fakeId(1), { kind: 'id-delta', size: nothing.length, base: fakeId(2) }, nothing);
    expect(codesOf([bent])).toEqual({ read: 'damaged', size: 'damaged' });
  });

  it('with an endless chain of deltas is refused', () => {
    const whole = entry(blobId(Buffer.from('hello')), { kind: 'blob', size: 5 }, Buffer.from('hello'));
    const chain = Array.from({ length: 5000 }, (_, number) =>
      entry(fakeId(number), { kind: 'id-delta', size: nothing.length, base: fakeId(number + 1) }, nothing),
    );
    const last = { ...whole, id: fakeId(5000) };
    expect(codesOf([...chain, last])).toEqual({ read: 'hostile', size: 'hostile' });
    expect(codesOf([...chain.slice(4990), last])).toEqual({ read: 'damaged', size: 'read' });
  });

  it('with an object of more than 512 MiB is refused before anything is unpacked', () => {
    const huge = entry(fakeId(1), { kind: 'blob', size: 2 ** 40 }, Buffer.alloc(10));
    expect(codesOf([huge])).toEqual({ read: 'hostile', size: 'read' });
  });

  it('with a stream that unpacks to more or less than it says is damaged', () => {
    const bomb = Buffer.alloc(50_000_000);
    expect(codesOf([entry(fakeId(1), { kind: 'blob', size: 5 }, bomb)]).read).toBe('damaged');
    expect(codesOf([entry(fakeId(1), { kind: 'blob', size: 0 }, bomb)]).read).toBe('damaged');
    expect(codesOf([entry(fakeId(1), { kind: 'blob', size: 500_000_000 }, Buffer.alloc(5))]).read).toBe(
      'damaged',
    );
    expect(codesOf([entry(fakeId(1), { kind: 'blob', size: 5 }, Buffer.alloc(0))]).read).toBe('damaged');
  });

  it('with a delta that announces what it does not make is damaged', () => {
    const whole = entry(blobId(Buffer.from('hello')), { kind: 'blob', size: 5 }, Buffer.from('hello'));
    for (const bent of [
      delta(5, 2 ** 28, copy(0, 5)),
      delta(6, 5, copy(0, 5)),
      delta(5, 3, insert(noise(9))),
    ]) {
      const header = { kind: 'id-delta', size: bent.length, base: whole.id } as const;
      expect(codesOf([entry(fakeId(1), header, bent), whole]).read).toBe('damaged');
    }
  });

  it('of random bytes is refused, and nothing else happens', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 80 }),
        fc.integer({ min: 0, max: 7 }),
        (bytes, type) => {
          const random = Buffer.from(bytes);
          random[0] = (random[0]! & 0x8f) | (type << 4);
          expect(codesOf([{ id: fakeId(1), bytes: random }]).read).toMatch(/damaged|hostile/);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a folder of packs', () => {
  it('with files that are no packs is reported', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    writeFileSync(`${packFolder}/pack-1.pack`, 'text');
    writeFileSync(`${packFolder}/pack-1.idx`, 'text');
    const store = openObjectStore(folder.path);
    expect(() => store.has(fakeId(1))).toThrow(expect.objectContaining({ code: 'damaged' }));
    expect(() => store.readSync(fakeId(1))).toThrow(expect.objectContaining({ code: 'damaged' }));
    store.close();
  });
});
