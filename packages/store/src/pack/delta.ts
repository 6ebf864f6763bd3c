import { StoreError } from '../errors.ts';
import { OBJECT_SIZE_MAX } from './limits.ts';

/** The two numbers with which a delta begins (gitformat-pack(5), "Deltified representation"). */
export interface DeltaSizes {
  readonly base: number;
  readonly result: number;
  /** Where the instructions begin. */
  readonly start: number;
}

/** Bytes of a number below 2^53, seven bits a byte. */
const NUMBER_LENGTH_MAX = 8;

/** Throws `damaged` when the bytes do not begin with two numbers. */
export function parseDeltaSizes(delta: Buffer): DeltaSizes {
  const base = parseNumber(delta, 0);
  const result = parseNumber(delta, base.next);
  return { base: base.value, result: result.value, start: result.next };
}

function parseNumber(delta: Buffer, start: number): { value: number; next: number } {
  let value = 0;
  let weight = 1;
  for (let at = start; at - start < NUMBER_LENGTH_MAX; at++, weight *= 128) {
    const byte = delta[at];
    if (byte === undefined) throw malformed('a size is cut off');
    value += (byte & 0x7f) * weight;
    if (byte < 0x80) {
      if (value > Number.MAX_SAFE_INTEGER) break;
      return { value, next: at + 1 };
    }
  }
  throw malformed('a size has more than 53 bits');
}

/**
 * Builds the object that a delta describes.
 *
 * Every instruction is checked before anything is allocated. Throws `damaged` when the base is another one than
 * the delta was made for, when an instruction reaches outside the base, or when the pieces do not add up to the
 * announced size; `hostile` for a result above {@link OBJECT_SIZE_MAX}.
 */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  const sizes = parseDeltaSizes(delta);
  if (sizes.base !== base.length) {
    throw malformed(`it is for a base of ${sizes.base} bytes, got one of ${base.length}`);
  }
  if (sizes.result > OBJECT_SIZE_MAX) {
    throw new StoreError(
      'hostile',
      `a delta makes ${sizes.result} bytes, at most ${OBJECT_SIZE_MAX} are read`,
    );
  }
  checkInstructions(delta, sizes);
  return runInstructions(base, delta, sizes);
}

/** Gives how many instructions a delta has; throws `damaged` when one reaches outside, or they make another size. */
export function checkInstructions(delta: Buffer, sizes: DeltaSizes): number {
  let total = 0;
  let count = 0;
  for (let at = sizes.start; at < delta.length; ) {
    const step = instructionAt(delta, at);
    const limit = step.copies ? sizes.base : delta.length;
    if (step.from + step.size > limit) throw malformed(`the instruction at byte ${at} reaches too far`);
    total += step.size;
    if (total > sizes.result) throw malformed(`it makes more than the ${sizes.result} bytes announced`);
    at = step.next;
    count += 1;
  }
  if (total !== sizes.result) throw malformed(`it makes ${total} bytes, expected ${sizes.result}`);
  return count;
}

function runInstructions(base: Buffer, delta: Buffer, sizes: DeltaSizes): Buffer {
  const result = Buffer.allocUnsafe(sizes.result);
  let end = 0;
  for (let at = sizes.start; at < delta.length; ) {
    const step = instructionAt(delta, at);
    end += (step.copies ? base : delta).copy(result, end, step.from, step.from + step.size);
    at = step.next;
  }
  return result;
}

interface Instruction {
  /** Copies from the base; otherwise inserts bytes of the delta itself. */
  readonly copies: boolean;
  readonly from: number;
  readonly size: number;
  readonly next: number;
}

function instructionAt(delta: Buffer, at: number): Instruction {
  const opcode = delta[at]!;
  if (opcode === 0) throw malformed(`the instruction at byte ${at} is the reserved one`);
  if (opcode & 0x80) return copyAt(delta, at, opcode);
  return { copies: false, from: at + 1, size: opcode, next: at + 1 + opcode };
}

/** The size that a copy of "0 bytes" stands for. */
const COPY_SIZE_DEFAULT = 0x10000;

/** The low bits of the opcode say which of four offset bytes and three size bytes follow; the others are zero. */
function copyAt(delta: Buffer, at: number, opcode: number): Instruction {
  let next = at + 1;
  let from = 0;
  let size = 0;
  for (let bit = 0; bit < 7; bit++) {
    if (!(opcode & (1 << bit))) continue;
    const byte = delta[next++];
    if (byte === undefined) throw malformed(`the instruction at byte ${at} is cut off`);
    if (bit < 4) from += byte * 256 ** bit;
    else size += byte * 256 ** (bit - 4);
  }
  return { copies: true, from, size: size || COPY_SIZE_DEFAULT, next };
}

function malformed(problem: string): StoreError {
  return new StoreError('damaged', `malformed delta: ${problem}`);
}
