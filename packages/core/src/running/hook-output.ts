import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** What hooks print, as it comes. */
export interface HookOutput {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export type OutputSink = (output: HookOutput) => void;

/** Hands on what is printed, whole characters at a time. Resolves at its end. */
export function readOutput(
  from: Readable,
  stream: HookOutput['stream'],
  onOutput: OutputSink,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  const handOn = (text: string) => {
    if (text !== '') onOutput({ stream, text });
  };
  from.on('data', (bytes: Buffer) => handOn(decoder.write(bytes)));
  from.on('end', () => handOn(decoder.end()));
  from.on('error', () => undefined);
  return new Promise((resolve) => from.once('close', resolve));
}

/** Characters that are kept, of the thousands of lines that hooks may print. */
const TAIL_LENGTH_MAX = 4_000;

/** The last that was printed, for errors. */
export class OutputTail {
  #text = '';

  get text(): string {
    return this.#text;
  }

  add(text: string): void {
    this.#text = (this.#text + text).slice(-TAIL_LENGTH_MAX);
  }
}
