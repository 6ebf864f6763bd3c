import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { InputStream } from '../ui/host.ts';

const ESCAPE = '\u001b';
const BELL = '\u0007';

/** Sequences that are taken out: reports of the mouse, and answers to OSC questions. */
const TAKEN = new RegExp(
  `${ESCAPE}\\[<\\d+;\\d+;\\d+[Mm]|${ESCAPE}\\]\\d+;[^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)`,
  'g',
);

/** The beginning of such a sequence at the end of what has come in so far. */
const BEGINNING = new RegExp(`${ESCAPE}(?:\\[<[\\d;]*|\\](?:\\d+(?:;[^${BELL}${ESCAPE}]*${ESCAPE}?)?)?)$`);

/** Longest beginning that is waited for; more than that is no answer. */
const BEGINNING_MAX = 128;

/**
 * The terminal's input without what Ink has no use for. It stands for the terminal itself: raw mode and the rest are
 * passed on to it.
 */
export class InputFilter extends Transform {
  readonly isTTY = true;
  readonly #source: InputStream;
  readonly #onSequence: (sequence: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #held = '';

  constructor(source: InputStream, onSequence: (sequence: string) => void) {
    super({ decodeStrings: true });
    this.#source = source;
    this.#onSequence = onSequence;
  }

  override _transform(chunk: Buffer, _encoding: string, done: () => void): void {
    const text = this.#held + this.#decoder.write(chunk);
    const rest = text.replace(TAKEN, (sequence) => {
      this.#onSequence(sequence);
      return '';
    });
    const beginning = BEGINNING.exec(rest)?.[0] ?? '';
    this.#held = beginning.length <= BEGINNING_MAX ? beginning : '';
    const passed = rest.slice(0, rest.length - this.#held.length);
    if (passed !== '') this.push(passed);
    done();
  }

  /** Reads from the terminal only while it is raw: at other times its input is for others, such as an editor. */
  setRawMode(isRaw: boolean): this {
    this.#source.setRawMode?.(isRaw);
    if (isRaw) this.#source.pipe(this, { end: false });
    else this.#leave();
    return this;
  }

  ref(): this {
    this.#source.ref?.();
    return this;
  }

  unref(): this {
    this.#source.unref?.();
    return this;
  }

  #leave(): void {
    this.#source.unpipe(this);
    this.#source.pause();
  }
}
