import { constants, deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginsStored, compactStored, encodeStored, storedSize } from '../../src/pack/stored.ts';
import { noise } from './fixture.ts';

const SIZES = [0, 1, 100, 65_534, 65_535, 65_536, 131_070, 131_071, 1_048_576, 4_194_304];

describe('a stored stream', () => {
  it.each(SIZES)('of %i bytes is what zlib unpacks, in as many bytes as computed', (size) => {
    const bytes = noise(size);
    const stream = encodeStored(bytes);
    expect(stream).toHaveLength(storedSize(size));
    expect([...stream.subarray(0, 2)]).toEqual([0x78, 0x01]);
    expect(beginsStored(stream)).toBe(true);
    expect(inflateSync(stream).equals(bytes)).toBe(true);
    expect(compactStored(Buffer.from(stream), size)?.equals(bytes)).toBe(true);
  });

  it('is taken out whatever its blocks are, and whatever follows', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1 }), (blocks) => {
        const content = Buffer.concat(blocks);
        const stream = Buffer.concat([streamOf(blocks), Buffer.from('next entry')]);
        expect(compactStored(stream, content.length)?.equals(content)).toBe(true);
      }),
    );
  });

  it('moves to the beginning of the bytes that it stands in, also in shared memory', () => {
    for (const memory of [new ArrayBuffer(300_000), new SharedArrayBuffer(300_000)]) {
      const bytes = Buffer.from(memory);
      const content = noise(200_000);
      encodeStored(content).copy(bytes, 9);
      expect(compactStored(bytes, content.length, 8)).toBeNull();
      const found = compactStored(bytes, content.length, 9)!;
      expect(found.byteOffset).toBe(bytes.byteOffset);
      expect(found.equals(content)).toBe(true);
    }
  });

  it('is left alone when it is not stored throughout, or not whole', () => {
    const text = Buffer.from('text '.repeat(100));
    const deflated = deflateSync(text);
    const flushed = deflateSync(text, { finishFlush: constants.Z_FULL_FLUSH, level: 0 });
    for (const stream of [deflated, flushed, Buffer.alloc(0), Buffer.from([0x78, 0x01])]) {
      const before = Buffer.from(stream);
      expect(compactStored(stream, text.length)).toBeNull();
      expect(stream).toEqual(before);
    }
  });

  it('is left alone when any byte of its framing is another, or its size', () => {
    const blocks = [Buffer.from('first'), Buffer.from('second')];
    const stream = streamOf(blocks);
    const framing = [0, 1, 3, 4, 5, 6, 13, 14, 15, 16];
    for (const at of framing) {
      const changed = Buffer.from(stream);
      changed[at]! ^= 0x44;
      expect(compactStored(changed, 11)).toBeNull();
    }
    expect(compactStored(Buffer.from(stream), 10)).toBeNull();
    expect(compactStored(Buffer.from(stream), 12)).toBeNull();
    for (let end = 0; end < stream.length; end++) {
      expect(compactStored(Buffer.from(stream.subarray(0, end)), 11)).toBeNull();
    }
  });

  it('of empty blocks without an end does not fill the memory', () => {
    const empty = Buffer.from([0, 0, 0, 0xff, 0xff]);
    const stream = Buffer.concat([Buffer.from([0x78, 0x01]), ...new Array(1000).fill(empty)]);
    expect(compactStored(stream, 10)).toBeNull();
  });
});

/** A stream of exactly these blocks; nobody reads its Adler-32. */
function streamOf(blocks: readonly Uint8Array[]): Buffer {
  const framed = blocks.flatMap((block, number) => {
    const header = Buffer.alloc(5);
    header[0] = number === blocks.length - 1 ? 1 : 0;
    header.writeUInt16LE(block.length, 1);
    header.writeUInt16LE(block.length ^ 0xffff, 3);
    return [header, block];
  });
  return Buffer.concat([Buffer.from([0x78, 0x01]), ...framed, Buffer.alloc(4)]);
}
