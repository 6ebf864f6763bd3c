/** Bytes of one slot: room for the largest part, 4 MiB, left over from the slot before, and as much again. */
export const SLOT_SIZE = 8 * 1024 * 1024;

/**
 * Fixed buffers that the threads share, so that file contents cross to the packing threads without a copy and memory
 * does not grow with the files.
 */
export interface Slots {
  readonly bytes: SharedArrayBuffer;
  readonly count: number;
}

export function createSlots(count: number): Slots {
  return { bytes: new SharedArrayBuffer(count * SLOT_SIZE), count };
}

/** The bytes of a slot, as a view on the shared memory. */
export function slotBytes({ bytes }: Slots, slot: number): Buffer {
  return Buffer.from(bytes, slot * SLOT_SIZE, SLOT_SIZE);
}
