import { expect, test } from 'vitest';
import type { Chunks } from '../../src/bytes/chunks.ts';
import { openStream } from '../../src/stream/open-stream.ts';
import { sealStream } from '../../src/stream/seal-stream.ts';
import { noise } from '../bytes.ts';
import { testDomain } from '../domains.ts';

const MIB = 1 << 20;

test('sealing and opening 4 GiB takes no more memory than 256 MiB take', async () => {
  await peakGrowth(256);
  expect(await peakGrowth(4096)).toBeLessThan(200 * MIB);
});

/** By how much the process grew at most while so many MiB went through sealing and opening. */
async function peakGrowth(mebibytes: number): Promise<number> {
  const scope = testDomain(undefined, 20).stream({ kind: 'object', id: 'a' });
  const before = process.memoryUsage.rss();
  let peak = 0;
  let size = 0;
  for await (const chunk of openStream(scope, sealStream(scope, repeated(noise(MIB), mebibytes)).chunks)) {
    size += chunk.length;
    if (size % (16 * MIB) === 0) peak = Math.max(peak, process.memoryUsage.rss() - before);
  }
  expect(size).toBe(mebibytes * MIB);
  return peak;
}

async function* repeated(chunk: Uint8Array, times: number): Chunks {
  for (let i = 0; i < times; i++) yield chunk;
}
