import { constants, deflateSync } from 'node:zlib';

/** RFC 1951: what one stored block can hold, and what stands before it (type, length, its complement). */
const BLOCK_SIZE_MAX = 65_535;
const BLOCK_HEADER_SIZE = 5;

/** The bits of a block's first byte that say how it is compressed: zero for stored. */
const BLOCK_TYPE = 0b110;

/** RFC 1950: the header before and the Adler-32 after the blocks. */
const STREAM_HEADER_SIZE = 2;
const STREAM_TRAILER_SIZE = 4;

/** Bytes of the stream that {@link encodeStored} makes of so many bytes. */
export function storedSize(size: number): number {
  const blocks = Math.max(1, Math.ceil(size / BLOCK_SIZE_MAX));
  return STREAM_HEADER_SIZE + blocks * BLOCK_HEADER_SIZE + size + STREAM_TRAILER_SIZE;
}

/**
 * A zlib stream (78 01) that holds the bytes uncompressed, in full blocks and a shorter last one.
 *
 * zlib itself writes it, at level 0: its Adler-32 uses vector instructions, which plain JavaScript cannot match.
 * With room for everything at once it copies straight from input to output in the largest blocks.
 */
export function encodeStored(bytes: Uint8Array): Buffer {
  return deflateSync(bytes, {
    level: constants.Z_NO_COMPRESSION,
    chunkSize: Math.max(constants.Z_MIN_CHUNK, storedSize(bytes.byteLength) + 1),
  });
}

/**
 * Takes the content out of a stream of stored blocks that begins at `from`, in place: the result is the beginning of
 * `bytes`, to which the content has moved. `null`, with nothing moved, when the stream is anything but whole stored
 * blocks of exactly `size` bytes; inflating it then says what it is.
 *
 * The Adler-32 is left unread, because whoever wants an object checks its SHA-1.
 */
export function compactStored(bytes: Buffer, size: number, from = 0): Buffer | null {
  const stream = bytes.subarray(from);
  const blocks = storedBlocks(stream, size);
  if (!blocks) return null;
  let end = 0;
  // Not `copyWithin`, which V8 does byte by byte in shared memory.
  for (const block of blocks) end += stream.copy(bytes, end, block.start, block.start + block.size);
  return bytes.subarray(0, end);
}

/** Whether a stream begins with a stored block, as those of {@link encodeStored} do. */
export function beginsStored(stream: Buffer): boolean {
  return stream.length > STREAM_HEADER_SIZE && (stream[STREAM_HEADER_SIZE]! & BLOCK_TYPE) === 0;
}

interface StoredBlock {
  readonly start: number;
  readonly size: number;
}

function storedBlocks(stream: Buffer, size: number): StoredBlock[] | null {
  if (!hasStreamHeader(stream)) return null;
  const blocks: StoredBlock[] = [];
  let at = STREAM_HEADER_SIZE;
  let total = 0;
  for (let last = false; !last; ) {
    const block = storedBlockAt(stream, at);
    if (!block) return null;
    last = (stream[at]! & 1) === 1;
    at = block.start + block.size;
    total += block.size;
    blocks.push(block);
    // An empty block that is not the last advances nothing: without this, a long run of them would fill memory.
    if (total > size || (block.size === 0 && !last)) return null;
  }
  return total === size && at + STREAM_TRAILER_SIZE <= stream.length ? blocks : null;
}

/** Deflate, no preset dictionary, and the check bits of RFC 1950. */
function hasStreamHeader(stream: Buffer): boolean {
  const [method, flags] = stream;
  if (method === undefined || flags === undefined) return false;
  return (method & 0x0f) === 8 && (flags & 0x20) === 0 && (method * 256 + flags) % 31 === 0;
}

function storedBlockAt(stream: Buffer, at: number): StoredBlock | null {
  const start = at + BLOCK_HEADER_SIZE;
  if (start > stream.length || (stream[at]! & BLOCK_TYPE) !== 0) return null;
  const size = stream.readUInt16LE(at + 1);
  const complement = stream.readUInt16LE(at + 3);
  const isWhole = (size ^ complement) === 0xffff && start + size <= stream.length;
  return isWhole ? { start, size } : null;
}
