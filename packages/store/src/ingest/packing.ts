import { availableParallelism } from 'node:os';
import type { ObjectId } from '../objects/object-id.ts';
import { HashingThread, inlineHash, type StreamHash } from './hashing.ts';
import { inlineLane, type Lane, threadLane } from './lane.ts';
import type { Packer } from './packer.ts';
import type { PackerData } from './packer-messages.ts';
import type { Slab } from './slab.ts';
import { createSlots, releaseSlot, type Slots, slotBytes, tryTakeSlot } from './slots.ts';

/** Bytes below which starting threads costs more than they bring. */
export const THREADS_FROM = 24 * 1024 * 1024;

/** More packing threads than this wait for the disk, not for the processor. */
const LANES_MAX = 4;

/**
 * Slots to fill on the calling thread, the lanes that empty them, and what computes SHA-256 meanwhile. All streams of
 * a transaction share one.
 */
export class Packing {
  readonly lanes: readonly Lane[];
  readonly #slots: Slots;
  readonly #hashing: HashingThread | null;
  readonly #waiting: ((slot: number) => void)[] = [];

  constructor(slots: Slots, lanes: readonly Lane[], hashing: HashingThread | null) {
    this.#slots = slots;
    this.lanes = lanes;
    this.#hashing = hashing;
  }

  /** The SHA-256 of a stream in shared memory, such as that of the slots. */
  openHash(): StreamHash {
    return this.#hashing?.open() ?? inlineHash();
  }

  /** Ends what is no lane. */
  async stop(): Promise<void> {
    await this.#hashing?.stop();
  }

  /** A slot that is free, or the next one to come free, until {@link giveBack}. */
  async take(): Promise<number> {
    return tryTakeSlot(this.#slots) ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  bytes(slot: number): Buffer {
    return slotBytes(this.#slots, slot);
  }

  /** Has a lane name every piece of a slab, and write those that `choose` says are new. */
  store(slab: Slab, choose: (ids: readonly ObjectId[]) => (ObjectId | null)[]): Promise<ObjectId[]> {
    const lane = this.lanes.reduce((least, other) => (other.load < least.load ? other : least));
    return lane.store(slab, choose);
  }

  giveBack(slot: number): void {
    const next = this.#waiting.shift();
    if (next) next(slot);
    else releaseSlot(this.#slots, slot);
  }
}

/** Packs on the calling thread, one slot at a time. */
export function inlinePacking(packer: Packer): Packing {
  const slots = createSlots(1);
  return new Packing(slots, [inlineLane(packer, slots)], null);
}

/** Packs on threads, which run until their lanes are finished or stopped. */
export function threadedPacking(data: Omit<PackerData, 'slots'>): Packing {
  const count = Math.min(availableParallelism(), LANES_MAX);
  const slots = createSlots(2 * count + 1);
  const lanes = Array.from({ length: count }, () => threadLane({ ...data, slots }));
  return new Packing(slots, lanes, new HashingThread());
}
