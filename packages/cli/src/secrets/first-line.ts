import { read, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import type { Context } from '../context.ts';
import { CommandError, systemCode, usageError } from '../errors.ts';

/** Bytes of a passphrase at most, as the library takes them. */
const PASSPHRASE_SIZE_MAX = 1024;

/** The passphrase in the first line of a file, or of a pipe. Throws `not-found`, or `refused` for what holds none. */
export async function passphraseFromFile(context: Context, file: string): Promise<string> {
  const path = resolve(context.workingFolder(), file);
  try {
    // Looked at before it is opened: opening a pipe waits for whoever writes into it.
    checkKind(await stat(path), file);
    await using handle = await open(path);
    return await firstLine(handle.fd, file);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT')
      throw new CommandError('not-found', `there is no file ${file}`, { cause });
    throw asFailure(cause, file);
  }
}

/** The passphrase in the first line of an open descriptor. What follows stays there, for whoever reads it next. */
export async function passphraseFromDescriptor(text: string): Promise<string> {
  const named = `descriptor ${text}`;
  if (!/^\d{1,6}$/.test(text)) throw usageError('--passphrase-fd needs the number of an open descriptor');
  const descriptor = Number(text);
  if (isatty(descriptor)) {
    throw usageError(
      `${named} is a terminal`,
      'without --passphrase-fd it is asked for there, and not shown',
    );
  }
  try {
    return await firstLine(descriptor, named);
  } catch (cause) {
    if (systemCode(cause) === 'EBADF')
      throw usageError(`${named} is not open`, 'such as 3< file behind the command');
    throw asFailure(cause, named);
  }
}

function checkKind(status: Stats, named: string): void {
  if (status.isFile() || status.isFIFO()) return;
  throw new CommandError('refused', `${named} is neither a file nor a pipe`);
}

const readFrom = promisify(read);

/** Byte by byte, so that nothing behind the line is taken. */
async function firstLine(descriptor: number, named: string): Promise<string> {
  const bytes = Buffer.alloc(PASSPHRASE_SIZE_MAX + 2);
  try {
    let size = 0;
    for (; size < bytes.length; size += 1) {
      const { bytesRead } = await readFrom(descriptor, bytes, size, 1, null);
      if (bytesRead === 0 || bytes[size] === LINE_FEED) break;
    }
    const end = size > 0 && bytes[size - 1] === CARRIAGE_RETURN ? size - 1 : size;
    return checkedText(bytes.subarray(0, end), named);
  } finally {
    bytes.fill(0);
  }
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

function checkedText(bytes: Uint8Array, named: string): string {
  if (bytes.length === 0) throw new CommandError('refused', `the first line of ${named} is empty`);
  if (bytes.length > PASSPHRASE_SIZE_MAX) {
    throw new CommandError(
      'refused',
      `the first line of ${named} has more than ${PASSPHRASE_SIZE_MAX} bytes`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Without its cause, which could quote what it has read.
    throw new CommandError('refused', `the first line of ${named} is not text in UTF-8`);
  }
}

function asFailure(cause: unknown, named: string): Error {
  if (cause instanceof CommandError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CommandError('failed', `cannot read ${named}: ${reason}`, { cause });
}
