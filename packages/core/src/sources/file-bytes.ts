import { open } from 'node:fs/promises';
import { type ByteSource, systemCode } from '@cairn/store';

/** A file on disk, open for reading at any place. */
export interface FileBytes extends ByteSource, AsyncDisposable {}

/** Opens a file; `null` for what is not there, or no regular file. */
export async function openFileBytes(path: string): Promise<FileBytes | null> {
  const file = await open(path).catch((error) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  const status = await file?.stat();
  if (!file || !status?.isFile()) {
    await file?.close();
    return null;
  }
  const { size } = status;
  const read = async (offset: number, length: number) => {
    const wanted = Math.max(0, Math.min(length, size - offset));
    const { bytesRead, buffer } = await file.read(Buffer.alloc(wanted), 0, wanted, offset);
    return buffer.subarray(0, bytesRead);
  };
  return {
    size,
    read,
    stream: ({ offset, length = size } = { offset: 0 }) =>
      piecesOf(read, offset, Math.min(offset + length, size)),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

const PIECE_SIZE = 256 * 1024;

async function* piecesOf(read: ByteSource['read'], start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; ) {
    const piece = await read(at, Math.min(PIECE_SIZE, end - at));
    if (piece.byteLength === 0) return;
    yield piece;
    at += piece.byteLength;
  }
}
