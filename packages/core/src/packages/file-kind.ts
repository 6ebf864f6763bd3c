import { open, stat } from 'node:fs/promises';
import { systemCode } from '@cairn/store';
import { CairnError } from '../errors.ts';

/** What stands at a path: a folder, a ZIP archive, a sealed container, or any other file. */
export type FileKind = 'folder' | 'archive' | 'container' | 'other';

/** What a ZIP archive begins with, with entries and without (APPNOTE 4.3.7 and 4.3.16). */
const ARCHIVE_MAGICS = ['PK\u0003\u0004', 'PK\u0005\u0006'];

/** What a `.cairn` file of any version of its format begins with. */
const CONTAINER_MAGIC = 'cairn-seal/';

/** Tells by the first bytes; what a file is called says nothing. Throws `not-found`, `invalid` for devices and pipes. */
export async function fileKindOf(path: string): Promise<FileKind> {
  const status = await statusOf(path);
  if (status.isDirectory()) return 'folder';
  if (!status.isFile()) throw new CairnError('invalid', `${path} is neither a file nor a folder`);
  const beginning = (await bytesAt(path, { position: 0, size: CONTAINER_MAGIC.length })).toString('latin1');
  if (beginning === CONTAINER_MAGIC) return 'container';
  return ARCHIVE_MAGICS.some((magic) => beginning.startsWith(magic)) ? 'archive' : 'other';
}

/** Bytes of a file: as many as asked for, or fewer when it ends before. */
export async function bytesAt(
  path: string,
  { position, size }: { readonly position: number; readonly size: number },
): Promise<Buffer> {
  await using file = await open(path);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, position);
  return buffer.subarray(0, bytesRead);
}

async function statusOf(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT' && systemCode(cause) !== 'ENOTDIR') throw cause;
    throw new CairnError('not-found', `no such file or folder: ${path}`, { hint: 'check the path', cause });
  }
}
