import { StoreError } from '../errors.ts';

/** One header of a commit or tag. A value of several lines (a signature, a merged tag) holds `\n` between them. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** What commits and tags have in common: headers, an empty line, a message. */
export interface HeadedText {
  readonly headers: readonly Header[];
  readonly message: string;
}

/**
 * Reads `name value` lines, in which a line that begins with a space continues the one before it.
 *
 * Bytes that are not UTF-8 (old commits in another encoding) become U+FFFD. An object without the empty line
 * has an empty message, as Git itself accepts it. Throws `damaged` for anything else.
 */
export function parseHeadedText(bytes: Buffer, what: string): HeadedText {
  const end = bytes.indexOf('\n\n');
  const block = end < 0 ? bytes.toString() : bytes.toString('utf8', 0, end + 1);
  if (!block.endsWith('\n')) throw malformed(what, 'its headers do not end with a line break');
  if (block.includes('\0')) throw malformed(what, 'a header contains a NUL');
  const message = end < 0 ? '' : bytes.toString('utf8', end + 2);
  return { headers: headersOf(block.slice(0, -1).split('\n'), what), message };
}

function headersOf(lines: readonly string[], what: string): Header[] {
  const found: { name: string; lines: string[] }[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (!line.startsWith(' ')) found.push(firstLine(line, what));
    else if (last) last.lines.push(line.slice(1));
    else throw malformed(what, 'it begins with a continuation line');
  }
  return found.map(({ name, lines }) => ({ name, value: lines.join('\n') }));
}

/** Git writes a header without a value as its bare name. */
function firstLine(line: string, what: string): { name: string; lines: string[] } {
  const space = line.indexOf(' ');
  if (line === '') throw malformed(what, 'it begins with an empty line');
  return space < 0
    ? { name: line, lines: [''] }
    : { name: line.slice(0, space), lines: [line.slice(space + 1)] };
}

/** The inverse of {@link parseHeadedText}. Throws `invalid` for text that could not be read back as it is. */
export function encodeHeadedText(text: HeadedText): Buffer {
  const lines = text.headers.map(encodeHeader);
  if (text.message.includes('\0')) throw new StoreError('invalid', 'a message cannot contain a NUL');
  return Buffer.from(`${lines.join('')}\n${text.message}`);
}

const HEADER_NAME = /^[^\s\0]+$/;

function encodeHeader({ name, value }: Header): string {
  if (!HEADER_NAME.test(name) || value.includes('\0')) {
    throw new StoreError('invalid', `not a header of a Git object: ${JSON.stringify(name)}`);
  }
  return value === '' ? `${name}\n` : `${name} ${value.replaceAll('\n', '\n ')}\n`;
}

/** Takes the headers apart one after another, in the order in which Git demands them. */
export class HeaderReader {
  readonly #headers: readonly Header[];
  readonly #what: string;
  #next = 0;

  constructor(headers: readonly Header[], what: string) {
    this.#headers = headers;
    this.#what = what;
  }

  /** The value of the next header if it has this name. */
  optional(name: string): string | null {
    const header = this.#headers[this.#next];
    if (header?.name !== name) return null;
    this.#next++;
    return header.value;
  }

  required(name: string): string {
    const value = this.optional(name);
    if (value !== null) return value;
    const got = this.#headers[this.#next]?.name ?? 'the end';
    throw malformed(this.#what, `expected the header '${name}', got ${JSON.stringify(got)}`);
  }

  /** The headers that are left; `known` ones among them stand in the wrong place or too often. */
  rest(known: readonly string[]): readonly Header[] {
    const rest = this.#headers.slice(this.#next);
    const misplaced = rest.find(({ name }) => known.includes(name));
    if (misplaced) throw malformed(this.#what, `the header '${misplaced.name}' is out of place`);
    return rest;
  }
}

/** Refuses further headers that would be read back as something else. */
export function checkExtraHeaders(headers: readonly Header[], known: readonly string[]): void {
  const reserved = headers.find(({ name }) => known.includes(name));
  if (reserved) throw new StoreError('invalid', `the header '${reserved.name}' has a field of its own`);
}

function malformed(what: string, problem: string): StoreError {
  return new StoreError('damaged', `malformed ${what}: ${problem}`);
}
