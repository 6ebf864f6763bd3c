import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { applyDelta, parseDeltaSizes } from '../../src/pack/delta.ts';
import { copy, delta, insert, number } from './delta-builder.ts';
import { noise } from './fixture.ts';

const damaged = expect.objectContaining({ code: 'damaged' });

/** Instructions within a base of 1,000 bytes, and what they must produce. */
const instructions = fc.array(
  fc.oneof(
    fc.record({ from: fc.nat({ max: 999 }), size: fc.nat({ max: 999 }) }),
    fc.uint8Array({ minLength: 1, maxLength: 127 }),
  ),
);

describe('a delta', () => {
  it('copies from its base and inserts what is new', () => {
    const base = noise(1000);
    fc.assert(
      fc.property(instructions, (steps) => {
        const parts: Buffer[] = [];
        const encoded: Buffer[] = [];
        for (const step of steps) {
          const isInsert = step instanceof Uint8Array;
          const part = isInsert ? Buffer.from(step) : base.subarray(step.from, step.from + step.size);
          if (part.length === 0) continue;
          parts.push(part);
          encoded.push(isInsert ? insert(part) : copy(step.from, part.length));
        }
        const expected = Buffer.concat(parts);
        const bytes = delta(base.length, expected.length, ...encoded);
        expect(parseDeltaSizes(bytes)).toMatchObject({ base: 1000, result: expected.length });
        expect(applyDelta(base, bytes).equals(expected)).toBe(true);
      }),
    );
  });

  it('copies 65,536 bytes when the size is left out, and offsets of four bytes', () => {
    const base = noise(0x20000);
    const bytes = delta(base.length, 0x10000, Buffer.from([0x80 | 2, 1]));
    expect(applyDelta(base, bytes).equals(base.subarray(256, 256 + 0x10000))).toBe(true);
    const far = Buffer.from([0xff, 0x00, 0x00, 0x01, 0x00, 0x02, 0x00, 0x00]);
    expect(applyDelta(base, delta(base.length, 2, far)).equals(base.subarray(0x10000, 0x10002))).toBe(true);
  });

  it.each([
    ['another base', delta(999, 1, insert(Buffer.from('x')))],
    ['a copy that reaches beyond the base', delta(1000, 10, copy(995, 10))],
    ['a copy from beyond the base', delta(1000, 1, copy(0xffffffff, 1))],
    ['an insert that is cut off', delta(1000, 10, Buffer.from([10, 1, 2]))],
    ['a copy that is cut off', delta(1000, 10, Buffer.from([0xff, 1]))],
    ['the reserved instruction', delta(1000, 0, Buffer.from([0]))],
    ['less than announced', delta(1000, 3, insert(Buffer.from('ab')))],
    ['more than announced', delta(1000, 1, insert(Buffer.from('ab')))],
    ['no sizes', Buffer.alloc(0)],
    ['one size', number(1000)],
    ['a size without an end', Buffer.alloc(20, 0xff)],
  ])('is damaged with %s', (_, bytes) => {
    expect(() => applyDelta(noise(1000), bytes)).toThrow(damaged);
  });

  it('is refused before anything is allocated when it announces more than any object has', () => {
    const bytes = delta(1000, 2 ** 52, copy(0, 10));
    expect(() => applyDelta(noise(1000), bytes)).toThrow(expect.objectContaining({ code: 'hostile' }));
    expect(() => applyDelta(noise(1000), delta(1000, 2 ** 28, copy(0, 10)))).toThrow(damaged);
  });

  it('of random bytes gives the announced size or a damage', () => {
    const base = noise(20);
    fc.assert(
      fc.property(fc.nat({ max: 60 }), fc.uint8Array({ maxLength: 40 }), (result, bytes) => {
        const bent = delta(base.length, result, Buffer.from(bytes));
        try {
          expect(applyDelta(base, bent)).toHaveLength(result);
        } catch (error) {
          expect(error).toBeInstanceOf(StoreError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
