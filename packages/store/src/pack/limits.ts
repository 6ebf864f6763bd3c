/**
 * Largest object that is read or written whole: 512 MiB, Git's own `core.bigFileThreshold`. Parts end at 4 MiB;
 * the rest is room for what others put into these repositories.
 */
export const OBJECT_SIZE_MAX = 512 * 1024 * 1024;

/** Longest chain of deltas: 4095, the most that Git's `pack.depth` lets through. */
export const DELTA_DEPTH_MAX = 4095;

/**
 * Bytes that resolving one chain of deltas may produce: 32 GiB, the largest object 64 times. Git writes chains
 * of 50, so only a chain made to waste time reaches this.
 */
export const DELTA_WORK_MAX = 64 * OBJECT_SIZE_MAX;

/** When a pack is full: 2 GiB, so that its offsets fit into 31 bits and common file systems hold it. */
export const PACK_SIZE_MAX = 2 * 1024 * 1024 * 1024;
