import { createHash } from 'node:crypto';
import { appendFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { platform } from 'node:process';
import { describe, expect, test } from 'vitest';
import { HashingThread, inlineHash } from '../../src/ingest/hashing.ts';
import { readSource } from '../../src/ingest/read-source.ts';
import { ingestFixture, MIB, noise } from './fixture.ts';

const SIZES = [0, 1, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 21 * MIB + 3];

describe('a source', () => {
  test.each(
    SIZES,
  )('of %i bytes is given in order, in chunks that are each good until the next', async (size) => {
    using fixture = ingestFixture();
    const bytes = noise(size);
    const file = fixture.source('weights.bin', bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of readSource(file, size)) chunks.push(Buffer.from(chunk));
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  test('is hashed on the way, here or on a thread', async () => {
    using fixture = ingestFixture();
    const thread = new HashingThread();
    try {
      for (const size of SIZES) {
        const bytes = noise(size, size);
        const file = fixture.source('weights.bin', bytes);
        const expected = createHash('sha256').update(bytes).digest('hex');
        for (const hash of [inlineHash(), thread.open()]) {
          for await (const _ of readSource(file, size, hash));
          expect(await hash.digest()).toBe(expected);
        }
      }
    } finally {
      await thread.stop();
    }
  });

  const CHANGES: Readonly<Record<string, (path: string) => void>> = {
    'is cut off': (path) => truncateSync(path, 6 * MIB),
    grows: (path) => appendFileSync(path, 'more'),
    'is written to': (path) => writeFileSync(path, noise(20 * MIB, 'other')),
  };

  test.each(Object.entries(CHANGES))('that %s while it is read has changed', async (_, change) => {
    using fixture = ingestFixture();
    const file = fixture.source('weights.bin', noise(20 * MIB));
    const chunks = readSource(file, 20 * MIB);
    await chunks.next();
    change(file.from);
    await expect(readAll(chunks)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'changed',
      message: 'weights.bin changed while it was read',
    });
  });

  test('of another size than it had, or in the place of which a link stands, has changed', async () => {
    using fixture = ingestFixture();
    const file = fixture.source('weights.bin', 'text');
    await expect(readAll(readSource(file, 5))).rejects.toMatchObject({ code: 'changed' });
    if (platform === 'win32') return;
    renameSync(file.from, `${file.from}.old`);
    symlinkSync(`${file.from}.old`, file.from);
    await expect(readAll(readSource(file, 4))).rejects.toMatchObject({ code: 'changed' });
    rmSync(file.from);
    await expect(readAll(readSource(file, 4))).rejects.toMatchObject({ code: 'not-found' });
  });

  test('need not be read to its end', async () => {
    using fixture = ingestFixture();
    const file = fixture.source('weights.bin', noise(9 * MIB));
    for await (const chunk of readSource(file, 9 * MIB)) {
      expect(chunk).toHaveLength(4 * MIB);
      break;
    }
  });
});

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of chunks);
}
