import type { ByteSource } from '@cairn/store';
import type { TaskOptions } from '../progress.ts';
import type { PackageManifest } from './manifest.ts';

/** A file of a package, as it is when the package is open. */
export interface PackageFile {
  /** Where it stands in the package, such as `models/weights.safetensors`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly executable: boolean;
}

/**
 * A version of type `packaged` or `packaged-encrypted`, open for reading. Nothing of it is written anywhere. Close it
 * when done: that of a sealed version holds keys.
 */
export interface Package extends AsyncDisposable {
  readonly model: string;
  readonly version: string;
  readonly type: 'packaged' | 'packaged-encrypted';
  readonly manifest: PackageManifest;
  /** Sorted by path. */
  readonly files: readonly PackageFile[];
  /** A file for reading anywhere in it. Throws `not-found`. */
  source(path: string): ByteSource;
  /**
   * A file from beginning to end, in chunks that are each valid until the next. Throws `damaged` after the last when
   * the whole does not have its SHA-256: keep nothing of a file that threw.
   */
  stream(path: string): AsyncIterable<Uint8Array>;
  /**
   * Fetches all that a lazy clone lacks of it, in one go, for whoever is about to read all of it. Otherwise each file
   * is fetched as it is read. Left out where the package is in a file.
   */
  readonly bring?: (task: TaskOptions) => Promise<void>;
  close(): Promise<void>;
}
