import { CairnError } from '../errors.ts';

/**
 * Bytes of one frame: half of the longest string that V8 can hold (2^29 - 24 characters), since a reply is all ASCII
 * and becomes one string.
 */
export const FRAME_SIZE_MAX = 2 ** 28;

const HEADER_SIZE = 4;

/** A message as it goes over a descriptor: its length, 4 bytes big-endian, and as many bytes of JSON. */
export function encodeFrame(message: unknown, sizeMax = FRAME_SIZE_MAX): Buffer {
  const body = Buffer.from(jsonOf(message, sizeMax));
  if (body.length > sizeMax) throw tooLarge(sizeMax);
  const frame = Buffer.allocUnsafe(HEADER_SIZE + body.length);
  frame.writeUInt32BE(body.length);
  body.copy(frame, HEADER_SIZE);
  return frame;
}

/** Puts frames together again from bytes that come in pieces of any size. */
export class FrameReader {
  readonly #sizeMax: number;
  #pieces: Buffer[] = [];
  #size = 0;
  /** Bytes that must be there before anything can be done. */
  #awaited = HEADER_SIZE;
  #inBody = false;

  constructor(sizeMax = FRAME_SIZE_MAX) {
    this.#sizeMax = sizeMax;
  }

  /** Gives the messages that are complete with this piece. Throws `failed` for what is no frame. */
  take(piece: Buffer): unknown[] {
    this.#pieces.push(piece);
    this.#size += piece.length;
    const messages: unknown[] = [];
    while (this.#size >= this.#awaited) {
      const bytes = this.#cut();
      if (this.#inBody) messages.push(parsed(bytes));
      this.#awaited = this.#inBody ? HEADER_SIZE : this.#lengthIn(bytes);
      this.#inBody = !this.#inBody;
    }
    return messages;
  }

  #cut(): Buffer {
    const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces, this.#size);
    const bytes = all.subarray(0, this.#awaited);
    const rest = all.subarray(this.#awaited);
    this.#pieces = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    return bytes;
  }

  #lengthIn(header: Buffer): number {
    const length = header.readUInt32BE();
    if (length <= this.#sizeMax) return length;
    throw notAFrame(`it would be ${length} bytes long, and at most ${this.#sizeMax} are taken`);
  }
}

function jsonOf(message: unknown, sizeMax: number): string {
  try {
    return JSON.stringify(message);
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(sizeMax);
    throw cause;
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw notAFrame('it is not JSON');
  }
}

function tooLarge(sizeMax: number): CairnError {
  return new CairnError('invalid', `the inputs take more than ${sizeMax} bytes as JSON`, {
    hint: 'give fewer inputs at a time',
  });
}

function notAFrame(problem: string): CairnError {
  return new CairnError('failed', `the hooks answered with what is no answer: ${problem}`, {
    hint: 'hooks must leave descriptors 3 and 4 alone',
  });
}
