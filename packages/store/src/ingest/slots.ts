/** Bytes of one slot: room for the largest part, 4 MiB, left over from the slot before, and as much again. */
export const SLOT_SIZE = 8 * 1024 * 1024;

/**
 * Fixed buffers that the threads share, so that file contents cross from the reading thread to the packing
 * threads without a copy and memory does not grow with the files. A slot is taken by the reader and given
 * back by the coordinator once the parts in it are written.
 */
export interface Slots {
  readonly bytes: SharedArrayBuffer;
  /** One word a slot: 0 free, 1 taken; then one word that counts releases, which a reader can wait on. */
  readonly states: SharedArrayBuffer;
}

export function createSlots(count: number): Slots {
  return {
    bytes: new SharedArrayBuffer(count * SLOT_SIZE),
    states: new SharedArrayBuffer((count + 1) * Int32Array.BYTES_PER_ELEMENT),
  };
}

/** The bytes of a slot, as a view on the shared memory. */
export function slotBytes(slots: Slots, slot: number): Buffer {
  return Buffer.from(slots.bytes, slot * SLOT_SIZE, SLOT_SIZE);
}

/** Takes a free slot; `null` when all are taken. */
export function tryTakeSlot(slots: Slots): number | null {
  const states = new Int32Array(slots.states);
  for (let slot = 0; slot < states.length - 1; slot += 1) {
    if (Atomics.compareExchange(states, slot, 0, 1) === 0) return slot;
  }
  return null;
}

/** Takes a slot, blocking this thread until one is free. Not for the main thread. */
export function takeSlot(slots: Slots): number {
  const states = new Int32Array(slots.states);
  for (;;) {
    const releases = Atomics.load(states, states.length - 1);
    const slot = tryTakeSlot(slots);
    if (slot !== null) return slot;
    Atomics.wait(states, states.length - 1, releases);
  }
}

export function releaseSlot(slots: Slots, slot: number): void {
  const states = new Int32Array(slots.states);
  Atomics.store(states, slot, 0);
  Atomics.add(states, states.length - 1, 1);
  Atomics.notify(states, states.length - 1);
}
