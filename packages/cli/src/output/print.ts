import type { Context } from '../context.ts';
import { cleanJson, cleanText } from './clean.ts';

/** Data in both of its forms. The text is made only when it is what will be printed. */
export interface Printed {
  readonly json: unknown;
  /** Lines, each ended. Whatever in it came from a repository has been cleaned. */
  readonly text: () => string | Promise<string>;
}

/** Prints data to standard output: what the command was asked for. */
export async function print({ terminal, globals, signal }: Context, { json, text }: Printed): Promise<void> {
  await terminal.out.write(globals.json ? `${cleanJson(json)}\n` : await text(), signal);
}

/** Says what has been done: a line on standard error, or the data itself where JSON is wanted. */
export async function confirm(context: Context, { json, text }: Printed): Promise<void> {
  if (context.globals.json) return print(context, { json, text });
  await note(context, await text());
}

/** A line on standard error that is worth knowing and no data; none with `--quiet`. */
export async function note({ terminal, globals }: Context, line: string): Promise<void> {
  if (!globals.quiet) await terminal.err.write(`${cleanText(line)}\n`);
}
