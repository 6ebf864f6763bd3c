import { execFileSync } from 'node:child_process';
import { pseudoRandomBytes } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bunzip2 } from '../../../src/sources/archives/bzip2/bunzip2.ts';

const hasBzip2 = (() => {
  try {
    execFileSync('bzip2', ['--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const pack = (bytes: Uint8Array, level = 9) =>
  execFileSync('bzip2', ['-c', `-${level}`], { input: bytes, maxBuffer: 2 ** 28 });

async function unpack(packed: Uint8Array, step = packed.length): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  async function* source() {
    for (let at = 0; at < packed.length; at += step) yield packed.subarray(at, at + step);
  }
  for await (const piece of bunzip2(source())) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe.skipIf(!hasBzip2)('what bzip2 has packed (skipped where it is not installed)', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['bytes that are all the same', Buffer.alloc(2_000_000, 7)],
    ['runs of every length around those that are packed', runs()],
    ['random bytes in several blocks', Buffer.from(pseudoRandomBytes(3, 1_200_000))],
    ['text that repeats itself', Buffer.from('the cat sat on the mat, '.repeat(40_000))],
  ])('is unpacked: %s', async (_, bytes) => {
    for (const level of [1, 9]) expect((await unpack(pack(bytes, level))).equals(bytes)).toBe(true);
  });

  test('is unpacked, whatever it is', async () => {
    const bytes = fc.array(fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.integer({ min: 1, max: 300 })), {
      maxLength: 30,
    });
    const property = fc.asyncProperty(bytes, fc.integer({ min: 1, max: 200 }), async (pieces, step) => {
      const whole = Buffer.concat(pieces.flatMap(([piece, times]) => Array<Uint8Array>(times).fill(piece)));
      expect((await unpack(pack(whole, 1), step)).equals(whole)).toBe(true);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test('is unpacked from several streams, one behind the other', async () => {
    const packed = Buffer.concat([
      pack(Buffer.from('one ')),
      pack(Buffer.alloc(0)),
      pack(Buffer.from('two')),
    ]);
    expect((await unpack(packed)).toString()).toBe('one two');
  });

  test('and was cut anywhere is damaged', async () => {
    const packed = pack(Buffer.from(pseudoRandomBytes(1, 3000)));
    for (const cut of [1, 3, 4, 9, 20, 100, 1000, packed.length - 1]) {
      await expect(unpack(packed.subarray(0, cut))).rejects.toMatchObject({ code: 'damaged' });
    }
  });

  test('and had any bit turned over is damaged, or what it was', async () => {
    const bytes = Buffer.from('the cat sat on the mat '.repeat(20));
    const packed = pack(bytes);
    for (let bit = 0; bit < packed.length * 8; bit += 1) {
      const turned = Buffer.from(packed);
      turned[bit >> 3]! ^= 1 << (bit & 7);
      const outcome = await unpack(turned).catch((error) => error.code);
      if (Buffer.isBuffer(outcome)) expect(outcome.equals(bytes)).toBe(true);
      else expect(['damaged', 'unsupported']).toContain(outcome);
    }
  });

  test('and has something behind its end is damaged', async () => {
    await expect(unpack(Buffer.concat([pack(Buffer.from('x')), Buffer.from('more')]))).rejects.toMatchObject({
      code: 'damaged',
      message: 'it goes on after its end',
    });
  });
});

function runs(): Buffer {
  const lengths = [1, 2, 3, 4, 5, 6, 8, 254, 255, 256, 258, 259, 260, 261, 515, 520];
  return Buffer.concat(
    lengths.flatMap((length, index) => [Buffer.alloc(length, index % 3), Buffer.from('ab')]),
  );
}
