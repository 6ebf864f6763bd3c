import { open, stat } from 'node:fs/promises';
import { systemCode } from '@cairn/store';
import { CairnError } from '../errors.ts';

/**
 * Reads a text that is small if it is what it is called; `null` when there is no such file. Bytes that are not UTF-8
 * become U+FFFD. Throws `hostile` for one that is larger than `sizeMax`, bytes.
 */
export async function readSmallText(path: string, sizeMax: number): Promise<string | null> {
  const status = await statusOf(path);
  if (!status?.isFile()) return null;
  await using file = await open(path);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(status.size, sizeMax) + 1), {
    position: 0,
  });
  if (bytesRead <= sizeMax) return buffer.toString('utf8', 0, bytesRead);
  throw new CairnError('hostile', `${path} has more than ${sizeMax} bytes, and is no text of its kind`, {
    hint: 'do not trust where it came from',
    data: { path },
  });
}

/** `null` for what is not there, a link to nothing too. */
export async function statusOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
