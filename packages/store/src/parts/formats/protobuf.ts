import { claim } from './claim.ts';

/** A field of a protocol-buffers message: a number where it is a varint, otherwise its bytes. */
export interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** A 64-bit varint takes ten bytes of seven bits. */
const VARINT_SIZE_MAX = 10;

/**
 * The fields of a message in their order (https://protobuf.dev/programming-guides/encoding/), without copying.
 * Varints beyond 2^53 lose digits: whoever needs one exactly has to look.
 *
 * @throws BrokenClaim when the bytes are no message, or one with groups
 */
export function* fieldsOf(message: Buffer): Generator<Field> {
  for (let index = 0; index < message.length; ) {
    const tag = varintAt(message, index);
    const wireType = tag.value % 8;
    const length = wireType === LENGTH_DELIMITED ? varintAt(message, tag.end) : null;
    const start = length?.end ?? tag.end;
    const varint = wireType === VARINT ? varintAt(message, start) : null;
    const end = varint?.end ?? start + (length?.value ?? fixedSize(wireType));
    claim(end <= message.length, 'a field ends within its message');
    yield { number: Math.floor(tag.value / 8), value: varint?.value ?? message.subarray(start, end) };
    index = end;
  }
}

/** The varints of a packed field. */
export function packedVarints(bytes: Buffer, countMax: number): number[] {
  const values: number[] = [];
  for (let index = 0; index < bytes.length; ) {
    claim(values.length < countMax, `a list has at most ${countMax} numbers`);
    const { value, end } = varintAt(bytes, index);
    values.push(value);
    index = end;
  }
  return values;
}

function varintAt(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  for (let size = 1; size <= VARINT_SIZE_MAX; size++) {
    const byte = bytes[start + size - 1];
    claim(byte !== undefined, 'a number ends within its message');
    value += (byte & 0x7f) * 2 ** (7 * (size - 1));
    if (byte < 0x80) return { value, end: start + size };
  }
  claim(false, `a number has at most ${VARINT_SIZE_MAX} bytes`);
}

function fixedSize(wireType: number): number {
  claim(wireType === FIXED_32 || wireType === FIXED_64, 'a field has a known wire type');
  return wireType === FIXED_32 ? 4 : 8;
}
