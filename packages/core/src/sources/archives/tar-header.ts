import { damaged, hostile, unsupported } from '../../packages/archive-errors.ts';

/** A tar is made of blocks of this size, bytes (pax(1), "ustar Interchange Format"). */
export const TAR_BLOCK_SIZE = 512;

/** The block before an entry, as it stands there. */
export interface TarHeader {
  readonly name: string;
  /** Permission bits. */
  readonly mode: number;
  /** Bytes that follow. */
  readonly size: number;
  /** One character that says of what kind the entry is. */
  readonly type: string;
  readonly linkName: string;
}

/** Where the fields stand: first byte and size. */
const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  size: [124, 12],
  checksum: [148, 8],
  linkName: [157, 100],
  magic: [257, 6],
  prefix: [345, 155],
} as const;
const TYPE_AT = 156;

/** The magic of POSIX; that of GNU and older ones have no prefix for names. */
const USTAR = 'ustar\0';

/** Whether a block has the checksum that makes it the header of an entry. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.byteLength < TAR_BLOCK_SIZE) return false;
  return octal(block, FIELD.checksum) === checksumOf(block);
}

/** Reads a header. Throws `damaged` or `hostile` when it is none. */
export function parseTarHeader(block: Uint8Array): TarHeader {
  if (!isTarHeader(block)) throw damaged('the head of an entry does not have its checksum');
  const name = text(block, FIELD.name);
  const hasPrefix = Buffer.from(bytesOf(block, FIELD.magic)).toString('latin1') === USTAR;
  const prefix = hasPrefix ? text(block, FIELD.prefix) : '';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: octal(block, FIELD.mode) ?? 0,
    size: sizeIn(block),
    type: String.fromCharCode(block[TYPE_AT]!),
    linkName: text(block, FIELD.linkName),
  };
}

/** Bytes in UTF-8 as text. */
export function tarText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unsupported(
      `it has a name that is not UTF-8: ${JSON.stringify(Buffer.from(bytes).toString('latin1'))}`,
      'pack it anew on a system with names in UTF-8',
    );
  }
}

type Field = readonly [start: number, size: number];

function bytesOf(block: Uint8Array, [start, size]: Field): Uint8Array {
  return block.subarray(start, start + size);
}

/** Up to the first zero byte. */
function text(block: Uint8Array, field: Field): string {
  const bytes = bytesOf(block, field);
  const end = bytes.indexOf(0);
  return tarText(end < 0 ? bytes : bytes.subarray(0, end));
}

/** `null` for what is not a number: digits, with blanks and zero bytes around. An empty field is 0. */
function octal(block: Uint8Array, field: Field): number | null {
  const digits = Buffer.from(bytesOf(block, field)).toString('latin1').replaceAll('\0', ' ').trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : null;
}

/** The sum of all bytes, those of the checksum itself taken for blanks. */
function checksumOf(block: Uint8Array): number {
  const [start, size] = FIELD.checksum;
  let sum = 0;
  for (let at = 0; at < TAR_BLOCK_SIZE; at += 1) {
    sum += at >= start && at < start + size ? 0x20 : block[at]!;
  }
  return sum;
}

/** Set in the first byte of a size that is written in base 256, as GNU does for 8 GiB and more. */
const BASE_256 = 0x80;

function sizeIn(block: Uint8Array): number {
  const [first = 0, ...rest] = bytesOf(block, FIELD.size);
  const size =
    (first & BASE_256) === 0
      ? octal(block, FIELD.size)
      : rest.reduce((sum, byte) => sum * 256 + byte, first & (BASE_256 - 1));
  if (size === null) throw damaged('the head of an entry has a size that is no number');
  if (!Number.isSafeInteger(size)) throw hostile(`it has an entry of ${size} bytes`);
  return size;
}
