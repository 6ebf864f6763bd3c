import { StringDecoder } from 'node:string_decoder';

/** A terminal that can be told to show nothing of what is typed. */
export interface HidingInput extends NodeJS.ReadableStream {
  setRawMode(raw: boolean): unknown;
  unshift(chunk: Buffer): void;
}

/** What became of typing: a line that was ended, `null` for Ctrl-D without one, or Ctrl-C. */
export type Typed = { readonly kind: 'line'; readonly text: string | null } | { readonly kind: 'interrupt' };

/**
 * Reads a line from a terminal that shows nothing of it. What is typed behind it stays for the next one. Whatever
 * happens, the terminal is as before afterwards. Throws the signal's reason when it fires.
 */
export function readHiddenLine(input: HidingInput, signal: AbortSignal): Promise<Typed> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const decoder = new StringDecoder('utf8');
    let line = '';
    const settle = (outcome: () => void) => {
      input.off('data', take).off('end', end).off('error', fail);
      signal.removeEventListener('abort', stop);
      input.pause();
      try {
        input.setRawMode(false);
        outcome();
      } catch (error) {
        reject(error);
      }
    };
    const take = (chunk: Buffer) => {
      const read = typed(line, decoder.write(chunk));
      line = read.line;
      if (read.end === null) return;
      const { end: ended, rest } = read;
      settle(() => {
        if (rest !== '') input.unshift(Buffer.from(rest));
        resolve(
          ended === 'interrupt' ? { kind: ended } : { kind: 'line', text: ended === 'nothing' ? null : line },
        );
      });
    };
    const end = () => settle(() => resolve({ kind: 'line', text: null }));
    const fail = (error: Error) => settle(() => reject(error));
    const stop = () => settle(() => reject(signal.reason));
    signal.addEventListener('abort', stop, { once: true });
    try {
      input.setRawMode(true);
    } catch (error) {
      return fail(error as Error);
    }
    input.on('data', take).on('end', end).on('error', fail);
    input.resume();
  });
}

interface Progress {
  readonly line: string;
  /** How the line ended; `null` while it has not. */
  readonly end: 'line' | 'nothing' | 'interrupt' | null;
  /** What was typed behind its end. */
  readonly rest: string;
}

/**
 * What a line is after more keys, by the customs of a terminal that edits lines itself (termios(3)): backspace, Ctrl-U
 * for the whole line, Ctrl-D at its beginning for none. Keys that type nothing, such as arrows, do nothing here.
 */
export function typed(before: string, keys: string): Progress {
  let line = before;
  const letters = [...withoutSequences(keys)];
  for (const [at, letter] of letters.entries()) {
    const end = endOf(letter, line);
    if (end)
      return {
        line,
        end,
        rest: letters.slice(letter === '\r' && letters[at + 1] === '\n' ? at + 2 : at + 1).join(''),
      };
    if (ERASE.has(letter)) line = [...line].slice(0, -1).join('');
    else if (letter === CTRL_U) line = '';
    else if (letter === '\t' || !/\p{Cc}/u.test(letter)) line += letter;
  }
  return { line, end: null, rest: '' };
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const ERASE: ReadonlySet<string> = new Set(['\u007f', '\b']);

function endOf(letter: string, line: string): Progress['end'] {
  if (letter === '\r' || letter === '\n') return 'line';
  if (letter === CTRL_C) return 'interrupt';
  return letter === CTRL_D && line === '' ? 'nothing' : null;
}

/** Without what arrows and function keys send, and the marks around what is pasted (ECMA-48, 5.4; xterm's SS3). */
function withoutSequences(keys: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what these sequences begin with
  return keys.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|O[@-~])/g, '');
}
