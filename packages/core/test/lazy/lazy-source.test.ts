import type { FileContent, GitObject, ObjectId, ObjectStore } from '@cairn/store';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LazyRepository } from '../../src/lazy/lazy-repository.ts';
import { lazySource } from '../../src/lazy/lazy-source.ts';

const MIB = 1024 * 1024;

/** A file of parts of one size, none of which is here, whose bytes say in which part they are. */
function missingFile(count: number, partSize: number) {
  const ids = Array.from({ length: count }, (_, index) => index.toString(16).padStart(40, '0') as ObjectId);
  const parts = ids.map((id, index) => ({ start: index * partSize, size: partSize, id }));
  const content: FileContent = { path: 'f', size: count * partSize, sha256: '', parts };
  const here = new Set<ObjectId>();
  /** How many parts each request brought. */
  const requests: number[] = [];
  const objects: Pick<ObjectStore, 'has' | 'read'> = {
    has: (id) => here.has(id),
    async read(id): Promise<GitObject> {
      if (!here.has(id)) throw new Error(`${id} was not brought`);
      return { kind: 'blob', bytes: Buffer.alloc(partSize, Number.parseInt(id, 16)) };
    },
  };
  const repository: LazyRepository = {
    gitDir: '',
    objects: objects as ObjectStore,
    close: () => {},
    bring: async ({ parts: wanted }) => {
      const missing = [...wanted].filter(({ id }) => !here.has(id));
      for (const { id } of missing) here.add(id);
      requests.push(missing.length);
    },
  };
  return { source: lazySource(repository, content, 'm@v1:f'), requests, here };
}

describe('a file of a lazy clone', () => {
  test('brings only the parts that are touched where a reader jumps', async () => {
    const { source, requests } = missingFile(600, MIB);
    for (const offset of [500 * MIB, 3 * MIB + 5, 100 * MIB - 1]) await source.read(offset, 2);
    expect(requests).toEqual([1, 1, 2]);
    await source.read(500 * MIB, MIB);
    expect(requests).toHaveLength(3);
  });

  test('brings more and more where a reader goes on, up to 256 MiB at once', async () => {
    const { source, requests, here } = missingFile(1200, MIB);
    let size = 0;
    for await (const piece of source.stream()) size += piece.byteLength;
    expect(size).toBe(1200 * MIB);
    expect(requests).toEqual([1, 5, 9, 17, 33, 65, 129, 257, 257, 257, 170]);
    expect(here.size).toBe(1200);
  });

  test('does not bring the rest for a reader that stops early', async () => {
    const { source, here } = missingFile(1200, MIB);
    for await (const _ of source.stream()) if (here.size > 4) break;
    expect(here.size).toBe(6);
  });

  test('gives the bytes of any range, whatever was read before', async () => {
    const ranges = fc.array(fc.record({ offset: fc.nat(110), length: fc.nat(60) }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(ranges, async (reads) => {
        const { source } = missingFile(10, 10);
        for (const { offset, length } of reads) {
          const expected = Array.from({ length: 100 }, (_, at) => Math.floor(at / 10)).slice(
            offset,
            offset + length,
          );
          expect([...(await source.read(offset, length))]).toEqual(expected);
          const pieces: number[] = [];
          for await (const piece of source.stream({ offset, length })) pieces.push(...piece);
          expect(pieces).toEqual(expected);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('says what is no range before anything is brought', async () => {
    const { source, requests } = missingFile(3, 10);
    for (const [offset, length] of [
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [0, Number.NaN],
    ] as const) {
      await expect(source.read(offset, length)).rejects.toMatchObject({ code: 'invalid' });
      expect(() => source.stream({ offset, length })).toThrow('not a range');
    }
    expect(requests).toEqual([]);
  });
});
