import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { StoreError } from '../errors.ts';
import { PAGE_SIZE, PageCache } from './page-cache.ts';

/** Packs that stay open at a time: a repository can hold thousands, a process often no more than 1,024 files. */
const OPEN_FILES_MAX = 64;

interface OpenFile {
  readonly fd: number;
  readonly size: number;
  /** Reads under way; the file is closed only when there are none. */
  uses: number;
  /** Has left the table, and is closed after its last use. */
  dropped: boolean;
}

/** Files that are read again and again in ranges, of which only those used last stay open. */
export class OpenFiles {
  /** In the order of use, the oldest first. */
  readonly #files = new Map<string, OpenFile>();
  readonly #openMax: number;
  readonly #pages = new PageCache();
  #closed = false;

  constructor(openMax = OPEN_FILES_MAX) {
    this.#openMax = openMax;
  }

  /** Bytes in a file, when it was opened. Throws the platform's error when it cannot be opened. */
  sizeOf(path: string): number {
    const file = this.#take(path);
    this.#giveBack(file);
    return file.size;
  }

  /** Fills the buffer from an offset; throws `damaged` when the file ends before. */
  readSync(path: string, into: Buffer, offset: number): Buffer {
    const file = this.#take(path);
    try {
      for (let done = 0; done < into.length; ) {
        const count = readSync(file.fd, into, done, into.length - done, offset + done);
        if (count === 0) throw endsEarly(path, offset + into.length);
        done += count;
      }
      return into;
    } finally {
      this.#giveBack(file);
    }
  }

  /** The same without holding up the thread. */
  async read(path: string, into: Buffer, offset: number): Promise<Buffer> {
    const file = this.#take(path);
    try {
      for (let done = 0; done < into.length; ) {
        const count = await readSome(file.fd, into.subarray(done), offset + done);
        if (count === 0) throw endsEarly(path, offset + into.length);
        done += count;
      }
      return into;
    } finally {
      this.#giveBack(file);
    }
  }

  /**
   * The bytes from an offset to the end of its page, or of the file: at least one. They are shared, and must not
   * be changed. Throws `damaged` when the file ends before.
   */
  readPageSync(path: string, offset: number): Buffer {
    const start = offset - (offset % PAGE_SIZE);
    const known = this.#pages.get(path, start);
    if (known) return pageFrom(path, known, offset);
    const page = this.readSync(path, this.#emptyPage(path, start), start);
    this.#pages.put(path, start, page);
    return pageFrom(path, page, offset);
  }

  /** The same without holding up the thread. */
  async readPage(path: string, offset: number): Promise<Buffer> {
    const start = offset - (offset % PAGE_SIZE);
    const known = this.#pages.get(path, start);
    if (known) return pageFrom(path, known, offset);
    const page = await this.read(path, this.#emptyPage(path, start), start);
    this.#pages.put(path, start, page);
    return pageFrom(path, page, offset);
  }

  /** Closes a file now, or after the reads that are under way. */
  drop(path: string): void {
    const file = this.#files.get(path);
    if (!file) return;
    this.#files.delete(path);
    file.dropped = true;
    if (file.uses === 0) closeSync(file.fd);
  }

  /** Closes everything, and refuses to open anything again. */
  close(): void {
    this.#closed = true;
    this.#pages.clear();
    for (const path of [...this.#files.keys()]) this.drop(path);
  }

  #emptyPage(path: string, start: number): Buffer {
    return Buffer.allocUnsafe(Math.min(PAGE_SIZE, Math.max(0, this.sizeOf(path) - start)));
  }

  #take(path: string): OpenFile {
    if (this.#closed) throw new StoreError('invalid', `cannot read ${path}: the object store is closed`);
    const file = this.#files.get(path) ?? opened(path);
    this.#files.delete(path);
    this.#files.set(path, file);
    file.uses++;
    this.#closeSurplus();
    return file;
  }

  #giveBack(file: OpenFile): void {
    file.uses--;
    if (file.dropped && file.uses === 0) closeSync(file.fd);
    else this.#closeSurplus();
  }

  /** Reads under way keep their files open, so that for a while there can be more than the limit. */
  #closeSurplus(): void {
    if (this.#files.size <= this.#openMax) return;
    for (const [path, file] of this.#files) {
      if (file.uses === 0) this.drop(path);
      if (this.#files.size <= this.#openMax) return;
    }
  }
}

/** Without waiting: opening a pipe in the place of a pack would otherwise block for good. Absent on Windows. */
const READ_WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

function opened(path: string): OpenFile {
  const fd = openSync(path, READ_WITHOUT_WAITING);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new StoreError('hostile', `${path}: expected a regular file`);
    return { fd, size: stats.size, uses: 0, dropped: false };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function readSome(fd: number, into: Buffer, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, into, 0, into.length, offset, (error, count) => (error ? reject(error) : resolve(count)));
  });
}

function pageFrom(path: string, page: Buffer, offset: number): Buffer {
  const bytes = page.subarray(offset % PAGE_SIZE);
  if (bytes.length === 0) throw endsEarly(path, offset + 1);
  return bytes;
}

function endsEarly(path: string, end: number): StoreError {
  return new StoreError('damaged', `${path} is cut off: expected at least ${end} bytes`);
}
