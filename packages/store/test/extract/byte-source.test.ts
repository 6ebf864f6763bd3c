import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openByteSource } from '../../src/extract/byte-source.ts';
import type { FileContent } from '../../src/extract/file-content.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import type { ObjectStore } from '../../src/pack/object-store.ts';
import { MIB, noise } from '../ingest/fixture.ts';
import { type ExtractFixture, extractFixture } from './fixture.ts';

const CONTENTS = [noise(9 * MIB + 7), noise(0), noise(1), noise(MIB), noise(MIB + 1, 'more')];

let fixture: ExtractFixture;

beforeAll(async () => {
  fixture = await extractFixture(CONTENTS);
});

afterAll(() => fixture[Symbol.dispose]());

/** The objects of the repository, which remember what was read of them. */
function counted(objects: ObjectStore): { readonly objects: ObjectStore; readonly read: ObjectId[] } {
  const read: ObjectId[] = [];
  return {
    read,
    objects: {
      ...bound(objects),
      read: (id) => {
        read.push(id);
        return objects.read(id);
      },
    },
  };
}

function bound(objects: ObjectStore): ObjectStore {
  return {
    has: (id) => objects.has(id),
    read: (id) => objects.read(id),
    readSync: (id) => objects.readSync(id),
    readBlobSync: (id, options) => objects.readBlobSync(id, options),
    sizeOf: (id) => objects.sizeOf(id),
    packs: () => objects.packs(),
    refresh: () => objects.refresh(),
    close: () => objects.close(),
  };
}

/** The parts in which a range has at least a byte. */
function partsIn({ parts }: FileContent, from: number, to: number): ObjectId[] {
  if (from === to) return [];
  return parts.filter(({ start, size }) => start < to && start + size > from).map(({ id }) => id);
}

const range = fc.nat(CONTENTS.length - 1).chain((file) => {
  const { length } = CONTENTS[file]!;
  const edges = [0, 1, MIB - 1, MIB, MIB + 1, length - 1, length, length + 1].filter((edge) => edge >= 0);
  const place = fc.oneof(fc.constantFrom(...edges), fc.nat(length + 100));
  return fc.record({ file: fc.constant(file), offset: place, length: place });
});

describe('any range of a file', () => {
  test('is what a slice of it is, and only the parts that it lies in are read', async () => {
    await fc.assert(
      fc.asyncProperty(range, async ({ file, offset, length }) => {
        const content = fixture.contents[file]!;
        const { objects, read } = counted(fixture.repository.objects);
        const bytes = await openByteSource(objects, content).read(offset, length);
        const to = Math.min(offset + length, content.size);
        expect(Buffer.from(bytes).equals(CONTENTS[file]!.subarray(offset, to))).toBe(true);
        expect(read).toEqual(partsIn(content, Math.min(offset, to), to));
      }),
      { numRuns: 150 },
    );
  });

  test('comes a part at a time, and no further part is read once nobody asks', async () => {
    const content = fixture.contents[0]!;
    const { objects, read } = counted(fixture.repository.objects);
    for await (const bytes of openByteSource(objects, content).stream({ offset: 10 })) {
      expect(Buffer.from(bytes).equals(CONTENTS[0]!.subarray(10, content.parts[1]!.start))).toBe(true);
      break;
    }
    expect(read).toEqual([content.parts[0]!.id]);
  });

  test('can be read many times at once', async () => {
    const source = openByteSource(fixture.repository.objects, fixture.contents[0]!);
    const offsets = Array.from({ length: 20 }, (_, index) => index * 450_000);
    const all = await Promise.all(offsets.map((offset) => source.read(offset, 1000)));
    for (const [index, bytes] of all.entries()) {
      const offset = offsets[index]!;
      expect(Buffer.from(bytes).equals(CONTENTS[0]!.subarray(offset, offset + 1000))).toBe(true);
    }
  });

  test.each([
    [-1, 1],
    [0, -1],
    [0.5, 1],
    [0, Number.NaN],
    [2 ** 53, 1],
    [0, Number.POSITIVE_INFINITY],
  ])('from %d, of %d bytes, is none', async (offset, length) => {
    const source = openByteSource(fixture.repository.objects, fixture.contents[0]!);
    await expect(source.read(offset, length)).rejects.toMatchObject({ name: 'StoreError', code: 'invalid' });
  });
});

describe('a part that is not what the table says', () => {
  test.each([
    ['another size', (first: FileContent) => ({ ...first.parts[0]!, size: first.parts[0]!.size + 1 })],
    ['another blob', (first: FileContent) => ({ ...first.parts[0]!, id: first.parts[1]!.id })],
  ])('%s is damage', async (_, wrong) => {
    const first = fixture.contents[0]!;
    const content = { ...first, parts: [wrong(first), ...first.parts.slice(1)] };
    const source = openByteSource(fixture.repository.objects, content);
    const damaged = {
      name: 'StoreError',
      code: 'damaged',
      message: expect.stringContaining('0 is damaged at byte 0'),
    };
    await expect(source.read(0, 10)).rejects.toMatchObject(damaged);
    const last = first.parts.at(-1)!;
    expect(await source.read(last.start, 5)).toHaveLength(5);
  });

  test('one that is missing is not found', async () => {
    const first = fixture.contents[0]!;
    const part = { ...first.parts[0]!, id: '1'.repeat(40) as ObjectId };
    const source = openByteSource(fixture.repository.objects, {
      ...first,
      parts: [part, ...first.parts.slice(1)],
    });
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'not-found' });
  });
});
