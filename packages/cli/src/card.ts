import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from './context.ts';
import { CommandError, systemCode } from './errors.ts';

/** A model card is a page for people to read; a book of a thousand pages has 4 MiB. */
const CARD_SIZE_MAX = 4 * 1024 * 1024;

/**
 * The text of a model card, from a file or, for `-`, from standard input. Throws `not-found` or `failed` when it
 * cannot be read, and `refused` when it is too large or not text in UTF-8.
 */
export async function readCard(context: Context, file: string): Promise<string> {
  const bytes =
    file === '-'
      ? await context.terminal.readInput(CARD_SIZE_MAX, context.signal)
      : await readFileOf(resolve(context.workingFolder(), file), file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CommandError('refused', `the card ${file} is not text in UTF-8`, { cause });
  }
}

async function readFileOf(path: string, named: string): Promise<Uint8Array> {
  try {
    const status = await stat(path);
    if (!status.isFile()) {
      // Nothing could interrupt the wait for somebody who writes into a pipe.
      throw new CommandError('refused', `the card ${named} is not a file`, { hint: 'of a pipe: --card -' });
    }
    if (status.size > CARD_SIZE_MAX) {
      const allowed = `has ${status.size} bytes, and at most ${CARD_SIZE_MAX} are taken`;
      throw new CommandError('refused', `the card ${named} ${allowed}`);
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    if (systemCode(cause) === 'ENOENT')
      throw new CommandError('not-found', `there is no file ${named}`, { cause });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError('failed', `cannot read ${named}: ${reason}`, { cause });
  }
}
