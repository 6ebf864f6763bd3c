import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EntryHeader, encodeEntryHeader, parseEntryHeader } from '../../src/pack/entry.ts';
import { objectIds } from '../objects/arbitraries.ts';

const sizes = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.nat({ max: 300 }));

const headers: fc.Arbitrary<EntryHeader> = fc.oneof(
  fc.record({ kind: fc.constantFrom('commit', 'tree', 'blob', 'tag'), size: sizes }),
  fc.record({ kind: fc.constant('offset-delta'), size: sizes, distance: sizes }),
  fc.record({ kind: fc.constant('id-delta'), size: sizes, base: objectIds }),
);

describe('the header of a pack entry', () => {
  it('is read back as it was written, wherever it stands', () => {
    fc.assert(
      fc.property(headers, fc.nat({ max: 5 }), (header, at) => {
        const encoded = encodeEntryHeader(header);
        const bytes = Buffer.concat([Buffer.alloc(at, 0xff), encoded, Buffer.from('rest')]);
        expect(parseEntryHeader(bytes, at)).toEqual({ header, length: encoded.length });
      }),
    );
  });

  it('is what Git writes', () => {
    expect(encodeEntryHeader({ kind: 'blob', size: 15 })).toEqual(Buffer.from([0x3f]));
    expect(encodeEntryHeader({ kind: 'blob', size: 16 })).toEqual(Buffer.from([0xb0, 0x01]));
    expect(encodeEntryHeader({ kind: 'commit', size: 0 })).toEqual(Buffer.from([0x10]));
    // gitformat-pack(5): the second byte of a distance starts at 128.
    const delta = { kind: 'offset-delta', size: 1 } as const;
    expect(encodeEntryHeader({ ...delta, distance: 127 })).toEqual(Buffer.from([0x61, 0x7f]));
    expect(encodeEntryHeader({ ...delta, distance: 128 })).toEqual(Buffer.from([0x61, 0x80, 0x00]));
  });

  it('is damaged when it is cut off', () => {
    fc.assert(
      fc.property(headers, fc.nat(), (header, cut) => {
        const bytes = encodeEntryHeader(header);
        const part = bytes.subarray(0, cut % bytes.length);
        expect(() => parseEntryHeader(part, 0)).toThrow(expect.objectContaining({ code: 'damaged' }));
      }),
    );
  });

  it.each([
    ['type 0', [0x01]],
    ['type 5', [0x51]],
    ['a size without an end', new Array(20).fill(0xff)],
    ['a distance without an end', [0x61, ...new Array(20).fill(0xff)]],
    ['a distance above 2^53', [0x61, ...new Array(7).fill(0xff), 0x7f]],
  ])('is damaged with %s', (_, bytes) => {
    expect(() => parseEntryHeader(Buffer.from(bytes), 0)).toThrow(
      expect.objectContaining({ code: 'damaged' }),
    );
  });

  it('may pad its size with zero bits, as Git reads it', () => {
    expect(parseEntryHeader(Buffer.from([0xbf, 0x80, 0x00]), 0).header).toEqual({ kind: 'blob', size: 15 });
  });
});
