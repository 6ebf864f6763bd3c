import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { encodeEntryHeader } from '../../src/pack/entry.ts';
import { encodeIndex, type IndexEntry, indexSize } from '../../src/pack/index-format.ts';
import { openObjectStore } from '../../src/pack/object-store.ts';
import { OpenFiles } from '../../src/pack/open-files.ts';
import { encodePackHeader } from '../../src/pack/pack-file.ts';
import { PackIndex } from '../../src/pack/pack-index.ts';
import { encodeStored } from '../../src/pack/stored.ts';
import { objectIds } from '../objects/arbitraries.ts';
import { blobId, createRepository, fakeId, importHistory, onlyPack } from './fixture.ts';

const CHECKSUM = Buffer.alloc(20, 7);

const entries: fc.Arbitrary<IndexEntry[]> = fc.uniqueArray(
  fc.record({
    id: objectIds,
    crc: fc.nat({ max: 2 ** 32 - 1 }),
    offset: fc.oneof(fc.nat(), fc.integer({ min: 2 ** 31 - 2, max: 2 ** 31 + 2 }), fc.maxSafeNat()),
  }),
  { selector: ({ id }) => id },
);

function withIndex<T>(bytes: Buffer, loadedMax: number | undefined, work: (index: PackIndex) => T): T {
  using folder = temporaryFolder();
  const path = join(folder.path, 'pack-x.idx');
  writeFileSync(path, bytes);
  const files = new OpenFiles();
  try {
    return work(PackIndex.open(path, files, loadedMax));
  } finally {
    files.close();
  }
}

function needle(id: string): Buffer {
  return Buffer.from(id, 'hex');
}

const byId = (one: IndexEntry, other: IndexEntry) => (one.id < other.id ? -1 : 1);

describe.each([
  ['held in memory', undefined],
  ['read in ranges', 0],
])('a pack index, %s', (_, loadedMax) => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(entries, objectIds, (listed, other) => {
        withIndex(encodeIndex(listed, CHECKSUM), loadedMax, (index) => {
          expect(index.entries()).toEqual([...listed].sort(byId));
          expect(index.ids()).toEqual(listed.map(({ id }) => id).sort());
          expect(index.packChecksum).toEqual(CHECKSUM);
          for (const { id, offset } of listed) expect(index.find(needle(id))).toBe(offset);
          if (!listed.some(({ id }) => id === other)) expect(index.find(needle(other))).toBeNull();
        });
      }),
      { numRuns: 50 },
    );
  });

  it('finds each of thousands of ids that begin alike, and none between them', () => {
    const listed = Array.from({ length: 3000 }, (_, number) => ({
      id: fakeId(number, 'ab'),
      crc: 1,
      offset: number,
    }));
    withIndex(encodeIndex(listed, CHECKSUM), loadedMax, (index) => {
      for (const { id, offset } of listed) expect(index.find(needle(id))).toBe(offset);
      for (let number = 3000; number < 6000; number++) {
        expect(index.find(needle(fakeId(number, 'ab')))).toBeNull();
      }
    });
  });

  it('is refused when its layout does not add up', () => {
    const listed = Array.from({ length: 5 }, (_, number) => ({ id: fakeId(number), crc: 1, offset: 12 }));
    const good = encodeIndex(listed, CHECKSUM);
    const falling = rehashed(good, (bytes) => bytes.writeUInt32BE(9, 8 + 4 * 3));
    const larger = rehashed(good, (bytes) => bytes.writeUInt32BE(2 ** 31, 8 + 4 * 255));
    const longer = rehashed(Buffer.concat([good, Buffer.alloc(4)]), () => {});
    const shorter = rehashed(good.subarray(0, -8), () => {});
    const tooManyLarge = rehashed(Buffer.concat([good, Buffer.alloc(8 * 6)]), () => {});
    for (const bytes of [
      falling,
      larger,
      longer,
      shorter,
      tooManyLarge,
      Buffer.alloc(0),
      good.subarray(0, 1000),
    ]) {
      const damaged = expect.objectContaining({
        code: 'damaged',
        message: expect.stringContaining('pack-x.idx'),
      });
      expect(() => withIndex(bytes, loadedMax, () => {})).toThrow(damaged);
    }
  });

  it('is damaged where an offset leads out of the table of large ones', () => {
    const bytes = rehashed(encodeIndex([{ id: fakeId(1), crc: 1, offset: 12 }], CHECKSUM), (index) =>
      index.writeUInt32BE(0x8000_0005, index.length - 44),
    );
    withIndex(bytes, loadedMax, (index) => {
      const damaged = expect.objectContaining({
        code: 'damaged',
        message: expect.stringContaining('pack-x.idx'),
      });
      expect(() => index.find(needle(fakeId(1)))).toThrow(damaged);
      expect(() => index.entries()).toThrow(damaged);
    });
  });

  it('that is hostile is refused, or gives answers within its tables', () => {
    const listed = Array.from({ length: 20 }, (_, number) => ({
      id: fakeId(number),
      crc: 1,
      offset: 2 ** 31 + number,
    }));
    const good = encodeIndex(listed, CHECKSUM);
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const bytes = rehashed(good, (index) => index.writeUInt8(byte, at));
        try {
          withIndex(bytes, loadedMax, (index) => {
            expect(index.count).toBeLessThanOrEqual(20);
            for (const { id } of listed) index.find(needle(id));
            index.entries();
          });
        } catch (error) {
          expect(error).toBeInstanceOf(StoreError);
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** A changed index with the checksum that fits it. */
function rehashed(bytes: Buffer, change: (bytes: Buffer) => void): Buffer {
  const changed = Buffer.from(bytes);
  change(changed);
  const end = Math.max(0, changed.length - 20);
  createHash('sha1').update(changed.subarray(0, end)).digest().copy(changed, end);
  return changed;
}

describe('a pack index', () => {
  it('held in memory is damaged by any other bit', () => {
    const listed = Array.from({ length: 3 }, (_, number) => ({
      id: fakeId(number),
      crc: 1,
      offset: 12 + number,
    }));
    const good = encodeIndex(listed, CHECKSUM);
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.nat({ max: 7 }), (at, bit) => {
        const bytes = Buffer.from(good);
        bytes[at]! ^= 1 << bit;
        expect(() => withIndex(bytes, undefined, () => {})).toThrow(
          expect.objectContaining({ code: 'damaged' }),
        );
      }),
    );
  });

  it('is byte for byte the one that Git makes, 64-bit offsets included', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    importHistory(folder.path, 30);
    const pack = onlyPack(packFolder);
    const files = new OpenFiles();
    const index = PackIndex.open(`${pack}.idx`, files);
    expect(encodeIndex(index.entries(), index.packChecksum).equals(readFileSync(`${pack}.idx`))).toBe(true);
    const forced = join(folder.path, 'forced.idx');
    gitText(folder.path, 'index-pack', '--index-version=2,0x40', '-o', forced, `${pack}.pack`);
    expect(PackIndex.open(forced, files).entries()).toEqual(index.entries());
    expect(PackIndex.open(forced, files, 0).entries()).toEqual(index.entries());
    files.close();
  });

  it('of version 1 is not supported, and the message says what to do', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    importHistory(folder.path, 2);
    gitText(folder.path, '-c', 'pack.indexVersion=1', 'repack', '-adfq');
    const files = new OpenFiles();
    const unsupported = expect.objectContaining({
      code: 'unsupported',
      hint: expect.stringContaining('git'),
    });
    expect(() => PackIndex.open(`${onlyPack(packFolder)}.idx`, files)).toThrow(unsupported);
    files.close();
  });

  it('has the size that was computed', () => {
    fc.assert(
      fc.property(entries, (listed) => {
        const large = listed.filter(({ offset }) => offset >= 2 ** 31).length;
        expect(encodeIndex(listed, CHECKSUM)).toHaveLength(indexSize(listed.length, large));
      }),
    );
  });
});

describe('a pack above 4 GiB', () => {
  it('is read where its objects are, as Git reads it', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const placed = [12, 2 ** 31 - 1, 2 ** 31 + 99, 2 ** 32 + 5, 5 * 2 ** 30].map((offset) => {
      const bytes = Buffer.from(`object at ${offset}`);
      return { id: blobId(bytes), crc: 0, offset, bytes };
    });
    const end = writeSparsePack(join(packFolder, 'pack-large.pack'), placed);
    writeFileSync(join(packFolder, 'pack-large.idx'), encodeIndex(placed, CHECKSUM));
    const store = openObjectStore(folder.path);
    for (const { id, bytes } of placed) {
      expect(store.readSync(id).bytes).toEqual(bytes);
      expect(store.sizeOf(id)).toEqual({ kind: 'blob', size: bytes.length });
      expect(git(folder.path, ['cat-file', 'blob', id])).toEqual(bytes);
    }
    expect(store.packs()[0]?.size).toBe(end);
    store.close();
  });
});

/** A pack with holes between its entries, which take up no space on the disk. */
function writeSparsePack(path: string, placed: readonly { offset: number; bytes: Buffer }[]): number {
  const fd = openSync(path, 'w');
  writeSync(fd, encodePackHeader(placed.length), 0, 12, 0);
  let end = 0;
  for (const { offset, bytes } of placed) {
    const header = encodeEntryHeader({ kind: 'blob', size: bytes.length });
    const entry = Buffer.concat([header, encodeStored(bytes)]);
    writeSync(fd, entry, 0, entry.length, offset);
    end = offset + entry.length;
  }
  writeSync(fd, CHECKSUM, 0, 20, end);
  ftruncateSync(fd, end + 20);
  closeSync(fd);
  return end + 20;
}
