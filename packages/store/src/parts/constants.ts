/** Size at which a large file is cut, and up to which a file is one blob and has no parts at all. */
export const PART_SIZE = 2 ** 20;

/**
 * No part is larger, whatever plan it came from: 4 MiB, the longest content-defined part. What a reader holds in
 * memory per part is bounded by it.
 */
export const PART_SIZE_MAX = 4 * PART_SIZE;

/** Largest file that can be cut: part files are named by offsets of 12 hex digits, so 2^48 - 1 bytes. */
export const FILE_SIZE_MAX = 2 ** 48 - 1;
