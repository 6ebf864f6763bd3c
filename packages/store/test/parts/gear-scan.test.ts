import { pseudoRandomBytes } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GearScan, openGearScan, PlainScan, type Stretch } from '../../src/parts/gear-scan.ts';

const BYTES = pseudoRandomBytes('gear', 300_000);

/** Everything that a scan finds in a stretch of bytes that is given to it in pieces. */
function findings(scan: GearScan, limit: number, pieces: readonly Uint8Array[]): number[] {
  const found: number[] = [];
  let before = 0;
  scan.reset();
  for (const bytes of pieces) {
    for (let from = 0; from < bytes.length; ) {
      const end = scan.find(bytes, { from, to: bytes.length, limit } satisfies Stretch);
      if (end >= 0) {
        found.push(before + end);
        scan.reset();
      }
      from = end < 0 ? bytes.length : end;
    }
    before += bytes.length;
  }
  return found;
}

describe('the compiled scan', () => {
  test('is not the plain one', () => {
    expect(openGearScan()).not.toBeInstanceOf(PlainScan);
  });

  test('finds what the plain one finds, however low, wherever the bytes lie and however they come', () => {
    const [compiled, plain] = [openGearScan(), new PlainScan()];
    const shared = Buffer.from(new SharedArrayBuffer(BYTES.length));
    BYTES.copy(shared);
    const cuts = fc.uniqueArray(fc.nat({ max: BYTES.length }), { maxLength: 6 });
    const bits = fc.integer({ min: 6, max: 24 });
    fc.assert(
      fc.property(cuts, bits, fc.boolean(), (places, zeroBits, isShared) => {
        const bytes = isShared ? shared : BYTES;
        const edges = [0, ...places.toSorted((one, other) => one - other), bytes.length];
        const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index]!, edge));
        const limit = 2 ** (32 - zeroBits);
        expect(findings(compiled, limit, pieces)).toEqual(findings(plain, limit, pieces));
      }),
      { numRuns: 60 },
    );
  });

  test('goes on from bytes that were only taken in', () => {
    const [compiled, plain] = [openGearScan(), new PlainScan()];
    for (let from = 0; from < 20_000; from += 997) {
      const ends = [compiled, plain].map((scan) => {
        scan.reset();
        scan.roll(BYTES, from, from + 32);
        return scan.find(BYTES, { from: from + 32, to: BYTES.length, limit: 2 ** 14 });
      });
      expect(ends[0]).toBe(ends[1]);
    }
  });
});
