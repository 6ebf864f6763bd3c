import { StringDecoder } from 'node:string_decoder';

/** Characters of one line; what is longer is cut, as nobody reads it. */
const LINE_LENGTH_MAX = 4096;
/** Characters that are kept: some hundred lines, of which the last ones say what went wrong. */
const KEPT_LENGTH_MAX = 64 * 1024;

/** Takes what a program writes to a terminal apart into lines, with bounded memory. */
export class LineReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: ((line: string) => void) | undefined;
  #kept = '';
  #line = '';

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    const pieces = this.#decoder.write(chunk).split(/(\r\n|\r|\n)/);
    for (const piece of pieces) {
      if (piece === '\r') this.#finish(false);
      else if (piece === '\n' || piece === '\r\n') this.#finish(true);
      else this.#line += piece.slice(0, LINE_LENGTH_MAX - this.#line.length);
    }
  }

  /** All that was kept. A line that a carriage return began anew is gone, as on a terminal. */
  end(): string {
    if (this.#line !== '') this.#finish(true);
    return this.#kept;
  }

  #finish(isKept: boolean): void {
    const line = this.#line;
    this.#line = '';
    if (line === '') return;
    if (isKept) this.#kept = `${this.#kept}${line}\n`.slice(-KEPT_LENGTH_MAX);
    this.#onLine?.(line);
  }
}
