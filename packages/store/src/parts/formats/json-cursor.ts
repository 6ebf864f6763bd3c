import { isAscii } from 'node:buffer';
import { claim } from './claim.ts';

/** Deepest nesting of a value that is passed over. */
const DEPTH_MAX = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** A number, or one of the three words. */
const SCALAR = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;
const SCALAR_LENGTH_MAX = 64;

/**
 * Reads JSON text in one pass and hands out what is asked for, member by member. Unlike `JSON.parse` it shows a key
 * that comes twice, and builds nothing, whatever the text holds.
 */
export class JsonCursor {
  readonly #text: Buffer;
  #index = 0;

  constructor(text: Buffer) {
    this.#text = text;
  }

  /** Reads an object; `member` gets each key and has to read its value. */
  object(member: (key: string) => void, keySizeMax: number): void {
    this.#sequence(OPEN_OBJECT, CLOSE_OBJECT, () => {
      const key = this.string(keySizeMax);
      this.#expect(COLON);
      member(key);
    });
  }

  /** Reads an array; `element` has to read each value. */
  array(element: () => void): void {
    this.#sequence(OPEN_ARRAY, CLOSE_ARRAY, element);
  }

  /** Reads a string; one of more than `sizeMax` bytes breaks the claim. */
  string(sizeMax: number): string {
    const raw = this.#rawString();
    claim(raw.length - 2 <= sizeMax, `a string has at most ${sizeMax} bytes`);
    const plain = isAscii(raw) && !raw.includes(BACKSLASH);
    return plain ? raw.toString('latin1', 1, raw.length - 1) : parsedString(raw);
  }

  /** Reads a string; `null` for one of more than `sizeMax` bytes, which is passed over. */
  stringWithin(sizeMax: number): string | null {
    const before = this.#index;
    if (this.#rawString().length - 2 > sizeMax) return null;
    this.#index = before;
    return this.string(sizeMax);
  }

  /** Reads an integer from 0 to 2^53 - 1, in digits alone. */
  natural(): number {
    const text = this.#scalar();
    const value = Number(text);
    claim(
      /^(?:0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(value),
      'a count is an integer below 2^53',
    );
    return value;
  }

  /** Passes over a value of any kind. */
  skip(depth = 0): void {
    claim(depth <= DEPTH_MAX, `values are nested at most ${DEPTH_MAX} deep`);
    const byte = this.#peek();
    if (byte === QUOTE) this.#rawString();
    else if (byte === OPEN_ARRAY) this.array(() => this.skip(depth + 1));
    else if (byte === OPEN_OBJECT) this.#skipObject(depth);
    else claim(SCALAR.test(this.#scalar()), 'a value is JSON');
  }

  /** Only white space is left. */
  end(): void {
    claim(this.#peek() === undefined, 'nothing follows the JSON value');
  }

  #skipObject(depth: number): void {
    this.#sequence(OPEN_OBJECT, CLOSE_OBJECT, () => {
      this.#rawString();
      this.#expect(COLON);
      this.skip(depth + 1);
    });
  }

  #sequence(open: number, close: number, item: () => void): void {
    this.#expect(open);
    if (this.#peek() !== close) {
      item();
      while (this.#peek() === COMMA) {
        this.#index++;
        item();
      }
    }
    this.#expect(close);
  }

  /** The next string with its quotes, its escapes unread. */
  #rawString(): Buffer {
    const from = this.#index + this.#blanks();
    this.#expect(QUOTE);
    for (let byte = this.#text[this.#index]; byte !== QUOTE; byte = this.#text[this.#index]) {
      claim(byte !== undefined && byte >= 0x20, 'a string has an end and no control characters');
      this.#index += byte === BACKSLASH ? 2 : 1;
    }
    this.#index++;
    return this.#text.subarray(from, this.#index);
  }

  #scalar(): string {
    this.#peek();
    const from = this.#index;
    while (isScalarByte(this.#text[this.#index]) && this.#index - from <= SCALAR_LENGTH_MAX) this.#index++;
    return this.#text.toString('latin1', from, this.#index);
  }

  #expect(byte: number): void {
    claim(this.#peek() === byte, `${String.fromCharCode(byte)} stands at byte ${this.#index}`);
    this.#index++;
  }

  /** The next byte that is no white space; `undefined` at the end. */
  #peek(): number | undefined {
    this.#index += this.#blanks();
    return this.#text[this.#index];
  }

  #blanks(): number {
    let index = this.#index;
    while (isBlank(this.#text[index])) index++;
    return index - this.#index;
  }
}

function parsedString(raw: Buffer): string {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    claim(false, 'a string is JSON in UTF-8');
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Whether numbers, `true`, `false` and `null` can hold this byte: a digit, a letter, or one of `+ - .` */
function isScalarByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const isDigit = byte >= 0x30 && byte <= 0x39;
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  return isDigit || isLetter || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}
