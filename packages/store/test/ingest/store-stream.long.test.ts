import { createHash } from 'node:crypto';
import { fsckStrict, git } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { openByteSource } from '../../src/extract/byte-source.ts';
import { readParts } from '../../src/extract/file-content.ts';
import { ObjectWriter } from '../../src/ingest/object-writer.ts';
import {
  type ContentStream,
  type StoredStream,
  type StoreStreamOptions,
  storeStream,
} from '../../src/ingest/store-stream.ts';
import { EACH_WAY, expectNothingLeft, type IngestFixture, ingestFixture, MIB, noise } from './fixture.ts';
import { NO_SMALL_DISK, smallDisk } from './small-disk.ts';

const PART = { firstPart: MIB + 72, partSize: MIB + 16 };

describe.each(EACH_WAY)('a stream stored %s', (_, options) => {
  test('is cut at fixed places, and read back as it was', async () => {
    using fixture = ingestFixture();
    const bytes = noise(PART.firstPart + 9 * PART.partSize + 17);
    const { stored, written } = await store(fixture, [stream(bytes)], options);
    expect(written).toBe(bytes.length);
    expect(stored[0]).toMatchObject({
      size: bytes.length,
      sha256: sha256(bytes),
      content: { kind: 'parts', count: 11 },
    });
    const starts = (await partsOf(fixture, stored[0]!)).map(({ start }) => start);
    expect(starts).toEqual([0, ...Array.from({ length: 10 }, (__, i) => PART.firstPart + i * PART.partSize)]);
    expect(bytes.equals(await readBack(fixture, stored[0]!))).toBe(true);
    expectSoundAndReachable(fixture, stored);
  });

  const SIZES = [
    0,
    1,
    PART.firstPart - 1,
    PART.firstPart,
    PART.firstPart + 1,
    PART.firstPart + PART.partSize,
  ];
  test.each(SIZES)('of %i bytes is one blob when it has one part', async (size) => {
    using fixture = ingestFixture();
    const bytes = noise(size);
    const { stored } = await store(fixture, [stream(bytes)], options);
    expect(stored[0]).toMatchObject({ size, sha256: sha256(bytes) });
    expect(stored[0]!.content.kind).toBe(size <= PART.firstPart ? 'blob' : 'parts');
    expect(bytes.equals(await readBack(fixture, stored[0]!))).toBe(true);
    expectSoundAndReachable(fixture, stored);
  });

  test('may come in chunks of any size, in memory that is used again', async () => {
    using fixture = ingestFixture();
    const bytes = noise(9 * MIB + 5);
    const sizes = [1021, MIB, 3 * MIB + 1, 10 * MIB];
    const streams = sizes.map((size) => ({ ...stream(bytes), chunks: reused(bytes, size) }));
    const { stored, written } = await store(fixture, streams, options);
    expect(new Set(stored.map((each) => JSON.stringify(each)))).toHaveLength(1);
    expect(written).toBe(bytes.length);
    expect(bytes.equals(await readBack(fixture, stored[0]!))).toBe(true);
  });

  test('shares parts with what is there, and with others of its transaction', async () => {
    using fixture = ingestFixture();
    const bytes = noise(PART.firstPart + 3 * PART.partSize);
    const changed = Buffer.from(bytes);
    changed[PART.firstPart + 10]! ^= 1;
    const { written, reused } = await store(fixture, [stream(bytes), stream(changed)], options);
    expect(written).toBe(bytes.length + PART.partSize);
    expect(reused).toBe(bytes.length - PART.partSize);
    expect(await store(fixture, [stream(bytes)], options)).toMatchObject({
      written: 0,
      reused: bytes.length,
    });
  });

  test('can be stored beside others at the same time', async () => {
    using fixture = ingestFixture();
    const all = Array.from({ length: 8 }, (__, index) => noise(9 * MIB + index, index));
    await using writer = await ObjectWriter.open(fixture.repository, { purpose: 'test', timeoutMs: 0 });
    const stored = await Promise.all(all.map((bytes) => storeStream(writer, stream(bytes), options)));
    await writer.commit();
    for (const [index, bytes] of all.entries()) expect(stored[index]!.sha256).toBe(sha256(bytes));
    expect(all[7]!.equals(await readBack(fixture, stored[7]!))).toBe(true);
  });

  test('that throws ends with what it threw, and leaves nothing', async () => {
    using fixture = ingestFixture();
    const error = new TypeError('of the source');
    const chunks = (async function* () {
      yield noise(20 * MIB);
      throw error;
    })();
    const streams = [stream(noise(30 * MIB, 'whole')), { ...stream(Buffer.of()), chunks }];
    await expect(store(fixture, streams, options)).rejects.toBe(error);
    expectNothingLeft(fixture);
  });

  test('is told when nobody wants more of it', async () => {
    using fixture = ingestFixture();
    const controller = new AbortController();
    let ended = false;
    const chunks = (async function* () {
      try {
        for (let count = 0; ; count += 1) {
          if (count === 30) controller.abort('enough');
          yield noise(MIB, count);
        }
      } finally {
        ended = true;
      }
    })();
    const stored = store(fixture, [{ ...stream(Buffer.of()), chunks }], {
      ...options,
      signal: controller.signal,
    });
    await expect(stored).rejects.toMatchObject({ name: 'StoreError', code: 'cancelled' });
    expect(ended).toBe(true);
    expectNothingLeft(fixture);
  });

  test('refuses parts that nobody could read', async () => {
    using fixture = ingestFixture();
    for (const wrong of [
      { partSize: 0 },
      { partSize: 4 * MIB + 1 },
      { partSize: MIB, firstPart: 4 * MIB + 1 },
    ]) {
      const stored = store(fixture, [{ path: 'a', chunks: reused(noise(1), 1), ...wrong }], options);
      await expect(stored).rejects.toMatchObject({ name: 'StoreError', code: 'invalid' });
    }
    expectNothingLeft(fixture);
  });

  test('fills a disk and leaves nothing on it', async (context) => {
    using disk = smallDisk(24 * MIB);
    if (disk === null) return context.skip(NO_SMALL_DISK);
    using fixture = ingestFixture(disk.path);
    const stored = store(fixture, [stream(noise(40 * MIB))], options);
    await expect(stored).rejects.toMatchObject({ name: 'StoreError', code: 'no-space' });
    expectNothingLeft(fixture);
    expect(await store(fixture, [stream(noise(2 * MIB))], options)).toMatchObject({ written: 2 * MIB });
  });
});

function stream(bytes: Uint8Array): ContentStream {
  return { path: 'object', ...PART, chunks: reused(bytes, MIB + 16) };
}

/** Bytes in chunks that are overwritten as soon as the next one is asked for. */
async function* reused(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = buffer.subarray(0, Math.min(size, bytes.length - at));
    chunk.set(bytes.subarray(at, at + chunk.length));
    yield chunk;
    buffer.fill(0xff);
  }
}

async function store(
  { repository }: IngestFixture,
  streams: readonly ContentStream[],
  options: StoreStreamOptions,
): Promise<{ readonly stored: StoredStream[]; readonly written: number; readonly reused: number }> {
  await using writer = await ObjectWriter.open(repository, { purpose: 'test', timeoutMs: 0 });
  const stored: StoredStream[] = [];
  for (const each of streams) stored.push(await storeStream(writer, each, options));
  await writer.commit();
  return { stored, written: writer.stored.bytes, reused: writer.reused.bytes };
}

async function partsOf({ repository }: IngestFixture, { content, size }: StoredStream) {
  if (content.kind === 'blob') return [{ start: 0, size, id: content.id }];
  return readParts(repository.objects, content.tree, size);
}

async function readBack(fixture: IngestFixture, stored: StoredStream): Promise<Buffer> {
  const { size, sha256: digest } = stored;
  const content = { path: 'object', size, sha256: digest, parts: await partsOf(fixture, stored) };
  return Buffer.from(await openByteSource(fixture.repository.objects, content).read(0, size));
}

/** Git finds all of it, and no fault with it. */
function expectSoundAndReachable({ gitDir }: IngestFixture, stored: readonly StoredStream[]): void {
  fsckStrict(gitDir);
  for (const { content } of stored) {
    const id = content.kind === 'blob' ? content.id : content.tree;
    const kind = git(gitDir, ['cat-file', '-t', id]).toString().trim();
    expect(kind).toBe(content.kind === 'blob' ? 'blob' : 'tree');
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
