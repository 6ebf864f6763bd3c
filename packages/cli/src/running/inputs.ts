import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { CommandError, systemCode, usageError } from '../errors.ts';

/** What the library passes on at most: 256 MiB. */
const INPUT_SIZE_MAX = 2 ** 28;

/** The inputs of a call: JSON from a file, or from standard input when that is `-` or nothing is named. */
export async function inputsFrom(context: Context, named: string | undefined): Promise<unknown> {
  if (named === undefined && context.terminal.canAsk()) {
    throw usageError('there are no inputs', 'name a file with --input, or send JSON to standard input');
  }
  const isFile = named !== undefined && named !== '-';
  const bytes = isFile ? await fileBytes(context, named) : await standardInput(context);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError('usage', `${isFile ? named : 'standard input'} is not JSON: ${problem}`, {
      hint: 'the inputs are one JSON value, such as [1, 2, 3]',
      cause,
    });
  }
}

function standardInput({ terminal, signal }: Context): Promise<Uint8Array> {
  return terminal.readInput(INPUT_SIZE_MAX, signal);
}

async function fileBytes({ workingFolder, signal }: Context, named: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of createReadStream(resolve(workingFolder(), named), { signal })) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > INPUT_SIZE_MAX)
        throw new CommandError('refused', `${named} is larger than ${INPUT_SIZE_MAX} bytes`);
    }
  } catch (cause) {
    if (systemCode(cause) === undefined || signal.aborted) throw cause;
    const code = systemCode(cause) === 'ENOENT' ? 'not-found' : 'failed';
    throw new CommandError(code, `cannot read ${named}: ${systemCode(cause)}`, { cause });
  }
  return Buffer.concat(chunks);
}
