import { read } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { RandomAccessReader } from 'yauzl';

/** Bytes read at once, and unpacked at once. */
export const CHUNK_SIZE = 64 * 1024;

/**
 * The file of an archive, as yauzl reads it. yauzl asks for whatever place an archive names, and one that no number can
 * hold makes it throw where nobody can catch it: here every place is checked before it is read.
 */
export class ArchiveFile extends RandomAccessReader implements AsyncDisposable {
  /** Bytes. */
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, size: number) {
    super();
    this.#handle = handle;
    this.size = size;
  }

  static async open(path: string): Promise<ArchiveFile> {
    const handle = await open(path);
    return new ArchiveFile(handle, (await handle.stat()).size);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    if (this.#has(position, position + length))
      read(this.#handle.fd, buffer, offset, length, position, callback);
    else setImmediate(callback, new Error(`it ends before byte ${position + length}`));
  }

  /** Bytes at a place, or fewer when the file ends before. */
  async bytesAt(position: number, size: number): Promise<Buffer> {
    const end = Math.min(position + size, this.size);
    if (!this.#has(position, end)) return Buffer.alloc(0);
    const { bytesRead, buffer } = await this.#handle.read(Buffer.alloc(end - position), { position });
    return buffer.subarray(0, bytesRead);
  }

  /** The bytes from one place to another, in chunks. */
  async *range(start: number, end: number): AsyncGenerator<Buffer> {
    if (!this.#has(start, end)) throw new Error(`it ends before byte ${end}`);
    for (let position = start; position < end; ) {
      const chunk = await this.bytesAt(position, Math.min(CHUNK_SIZE, end - position));
      if (chunk.byteLength === 0) throw new Error(`it was cut at byte ${position} while it was read`);
      yield chunk;
      position += chunk.byteLength;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  #has(start: number, end: number): boolean {
    return Number.isSafeInteger(start) && start >= 0 && start <= end && end <= this.size;
  }
}
