import type { FileIdentity } from './source-file.ts';

/** A stretch of a slot that becomes one blob: a part of a large file, or a small file whole. */
export interface Piece {
  /** Number of the file in the order given. */
  readonly file: number;
  /** Offset in the slot, bytes. */
  readonly at: number;
  readonly size: number;
  /** Where a part begins in its file, bytes; 0 for a small file. */
  readonly start: number;
  /** The part's name from the file's own table, `''` for none. */
  readonly name: string;
  /** A small file is text more often than not, and worth compressing; a part is not. */
  readonly whole: boolean;
}

/** What is known of a file once its last byte was read. */
export interface ReadFile {
  readonly file: number;
  readonly size: number;
  readonly sha256: string;
  readonly executable: boolean;
  readonly parted: boolean;
  readonly identity: FileIdentity;
}

/** One filled slot on its way from the reader to a packer, with the files that ended in it. */
export interface Slab {
  readonly slot: number;
  readonly pieces: readonly Piece[];
  readonly ended: readonly ReadFile[];
}
