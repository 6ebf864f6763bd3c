import { createHash } from 'node:crypto';
import { fsckStrict, gitText, pseudoRandomBytes, safetensorsFile } from '@cairn/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ingestFixture, MIB, store, WAYS } from './fixture.ts';

const KIB = 1024;

/** Around every size at which something changes: blob or parts, one part or more, one slot or more. */
const size = fc.oneof(
  fc.constantFrom(0, 1, MIB - 1, MIB, MIB + 1, 4 * MIB - 1, 4 * MIB + 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1),
  fc.integer({ min: 2, max: 300 * KIB }),
  fc.integer({ min: MIB, max: 9 * MIB }),
);

type Fill = (length: number, seed: number) => Buffer;

const FILLS: readonly Fill[] = [
  (length, seed) => pseudoRandomBytes(seed, length),
  (length) => Buffer.alloc(length),
  (length, seed) => Buffer.alloc(length, `line ${seed}\n`),
  (length, seed) => weights(length, seed),
];

function weights(length: number, seed: number): Buffer {
  const rows = Math.max(1, Math.floor(length / 6000));
  const tensors = ['a', 'b', 'c'].map((name) => ({
    name: `${name}${seed}`,
    dtype: 'F16',
    shape: [rows, 1000],
  }));
  return safetensorsFile(tensors).bytes;
}

const content = fc
  .record({ size, fill: fc.constantFrom(...FILLS), seed: fc.integer({ min: 0, max: 2 }) })
  .map(({ size: length, fill, seed }) => fill(length, seed));

/** Whether files are stored on the calling thread or by threads, the same objects come of it. */
export function testWays(numRuns: number): void {
  test('threads make of any files exactly the objects that the calling thread makes', async () => {
    await fc.assert(fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 8 }), sameObjects), {
      numRuns,
    });
  });
}

async function sameObjects(contents: readonly Buffer[]): Promise<void> {
  using inline = ingestFixture();
  using threaded = ingestFixture();
  const files = contents.map((bytes, index) => inline.source(`${index}`, bytes));
  const one = await store(inline.repository, files, { bytesExpected: WAYS['on the calling thread'] });
  const other = await store(threaded.repository, files, { bytesExpected: WAYS['by threads'] });
  expect(other).toEqual(one);
  expect(objectsIn(threaded.gitDir)).toEqual(objectsIn(inline.gitDir));
  for (const [index, bytes] of contents.entries()) {
    const { sha256, content: stored } = one.stored[index]!;
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    const id = stored.kind === 'blob' ? stored.id : stored.tree;
    expect(objectsIn(threaded.gitDir)).toContain(id);
  }
  fsckStrict(threaded.gitDir);
}

function objectsIn(gitDir: string): string[] {
  const all = ['cat-file', '--batch-all-objects', '--batch-check=%(objectname)'];
  return gitText(gitDir, ...all).split('\n');
}
