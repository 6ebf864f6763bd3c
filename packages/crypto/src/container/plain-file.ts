import type { Chunks } from '../bytes/chunks.ts';
import { CryptoError } from '../errors.ts';
import type { FileRole } from '../manifest/manifest.ts';

/** A file to seal. */
export interface PlainFile {
  readonly path: string;
  readonly role: FileRole;
  readonly executable: boolean;
  readonly size: number;
  /** Its bytes; asked for once. */
  open(): Chunks;
  /**
   * The SHA-256, as 64 hex digits, of exactly the bytes that `open` gave; asked for after the last of them.
   * For callers who hash on another thread: computed here otherwise, which takes longer than sealing.
   */
  sha256?(): Promise<string>;
}

/** The bytes of a file. Throws `changed` as soon as they are more than its size, or when they end before. */
export async function* contentOf(file: PlainFile): Chunks {
  let size = 0;
  for await (const chunk of file.open()) {
    size += chunk.length;
    if (size > file.size) throw changed(file);
    yield chunk;
  }
  if (size < file.size) throw changed(file);
}

function changed(file: PlainFile): CryptoError {
  return new CryptoError('changed', 'a file changed while it was sealed', {
    hint: 'wait until nothing writes to it any more, and seal again',
    data: { path: file.path },
  });
}
