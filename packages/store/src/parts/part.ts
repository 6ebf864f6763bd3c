/** A piece of a large file, stored as one Git blob. */
export interface Part {
  /** Byte offset in the file. */
  readonly start: number;
  /** In bytes, 1 to {@link PART_SIZE_MAX}. */
  readonly size: number;
  /** The name of the tensor or archive entry that the part belongs to, as a file name can hold it; '' without one. */
  readonly name: string;
}

/** Where a part begins. It ends where the next one begins, the last one at the end of the file. */
export interface Boundary {
  readonly start: number;
  readonly name: string;
}

/**
 * How a file is cut: plain data that can be sent to a worker thread.
 *
 * - `listed`: at boundaries found in the file's own header, the first at 0, strictly increasing
 * - `content-defined`: where the bytes themselves say so
 * - `fixed`: every `size` bytes
 */
export type PartPlan =
  | { readonly kind: 'listed'; readonly boundaries: readonly Boundary[] }
  | { readonly kind: 'content-defined' }
  | { readonly kind: 'fixed'; readonly size: number };

/**
 * Random access to the file that is planned: the bytes at an offset, fewer than asked for only where the file ends.
 * The caller keeps what it is given, so a reader must not reuse that memory.
 */
export type HeadReader = (offset: number, length: number) => Uint8Array;
