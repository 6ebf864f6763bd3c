import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { type StoreError, translated } from '../errors.ts';
import { writeAll } from '../files/write-all.ts';
import { WriteBack } from '../files/write-back.ts';

/** Where a file is to be written. */
export interface WritePlace {
  /** A path where nothing stands yet; the caller renames it when it is whole. */
  readonly to: string;
  readonly executable: boolean;
}

/** From this size on a file is forced to the disk before it counts as written. Bytes. */
const FORCED_FROM = 1024 * 1024;

const syncFile = promisify(fsync);

/** A file that is being written on the calling thread. All methods throw a `StoreError`; close it in any case. */
export class WrittenFile {
  readonly #to: string;
  readonly #fd: number;
  readonly #writeBack: WriteBack;
  #size = 0;

  constructor({ to, executable }: WritePlace) {
    this.#to = to;
    try {
      this.#fd = openSync(to, 'wx', executable ? 0o777 : 0o666);
    } catch (error) {
      throw this.#failed(error);
    }
    this.#writeBack = new WriteBack(to);
  }

  /** Writes what comes next. True when the caller should give way to other events, see {@link WriteBack.wrote}. */
  write(bytes: Uint8Array): boolean {
    try {
      writeAll(this.#fd, bytes, this.#size);
    } catch (error) {
      throw this.#failed(error);
    }
    this.#size += bytes.byteLength;
    return this.#writeBack.wrote(bytes.byteLength);
  }

  /** Forces it to the disk, unless it is small. */
  async force(): Promise<void> {
    if (this.#size < FORCED_FROM) return;
    try {
      await syncFile(this.#fd);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #failed(error: unknown): StoreError {
    return translated(error, `cannot write ${this.#to}`);
  }
}
