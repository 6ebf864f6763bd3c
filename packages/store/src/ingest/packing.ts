import { availableParallelism } from 'node:os';
import type { ObjectId } from '../objects/object-id.ts';
import { PART_SIZE } from '../parts/constants.ts';
import { HashingThread, inlineHash, type StreamHash } from './hashing.ts';
import { type Choose, inlineLane, type Lane, threadLane } from './lane.ts';
import type { Packer } from './packer.ts';
import type { Slab } from './slab.ts';
import { createSlots, type Slots, slotBytes } from './slots.ts';

/** How much is to be stored, as far as known. */
export interface ExpectedWork {
  readonly bytes: number;
  readonly files: number;
}

/** Below this, starting threads costs more than they bring. */
const THREADS_FROM = { bytes: 24 * 1024 * 1024, files: 4000 };

export function isWorthThreads({ bytes, files }: ExpectedWork): boolean {
  return bytes >= THREADS_FROM.bytes || files >= THREADS_FROM.files;
}

/** More packing threads than this wait for the disk, not for the processor. */
const LANES_MAX = 4;

/** One is filled while another is packed; who fills one may need the next before letting go of it. */
const SLOTS_PER_LANE = 2;

interface PackingOptions {
  readonly threaded: boolean;
  /** About how many pieces will be stored. */
  readonly pieces: number;
}

/**
 * Slots to fill on the calling thread, the lanes that empty them, and what computes SHA-256 of streams meanwhile.
 * Everything in a transaction shares one.
 */
export class Packing {
  readonly lanes: readonly Lane[];
  readonly #slots: Slots;
  readonly #threaded: boolean;
  #hashing: HashingThread | undefined;
  readonly #free: number[];
  /** About how many pieces are still to come. */
  #left: number;
  readonly #waiting: ((slot: number) => void)[] = [];

  constructor(slots: Slots, lanes: readonly Lane[], { threaded, pieces }: PackingOptions) {
    this.#slots = slots;
    this.lanes = lanes;
    this.#threaded = threaded;
    this.#left = pieces;
    this.#free = Array.from({ length: slots.count }, (_, slot) => slot);
  }

  /** The SHA-256 of a stream in shared memory, such as that of the slots. */
  openHash(): StreamHash {
    if (!this.#threaded) return inlineHash();
    this.#hashing ??= new HashingThread();
    return this.#hashing.open();
  }

  /** Ends what is no lane. */
  async stop(): Promise<void> {
    await this.#hashing?.stop();
  }

  /** A slot that is free, or the next one to come free, until {@link giveBack}. */
  async take(): Promise<number> {
    return this.#free.pop() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  bytes(slot: number): Buffer {
    return slotBytes(this.#slots, slot);
  }

  /** Has a lane name every piece of a slab, and write those that `choose` says are new. */
  store(slab: Slab, choose: Choose): Promise<ObjectId[]> {
    this.#left = Math.max(0, this.#left - slab.pieces.length);
    const lane = this.lanes.reduce((least, other) => (other.load < least.load ? other : least));
    return lane.store(slab, choose, this.#left / this.lanes.length);
  }

  giveBack(slot: number): void {
    const next = this.#waiting.shift();
    if (next) next(slot);
    else this.#free.push(slot);
  }
}

/** Packs on the calling thread. */
export function inlinePacking(packer: Packer): Packing {
  const slots = createSlots(SLOTS_PER_LANE);
  return new Packing(slots, [inlineLane(packer, slots)], { threaded: false, pieces: 0 });
}

/** Packs on threads, which run until their lanes are finished or stopped. */
export function threadedPacking(
  { folder, label }: { readonly folder: string; readonly label: string },
  { bytes, files }: ExpectedWork,
): Packing {
  const count = Math.min(availableParallelism(), LANES_MAX);
  const slots = createSlots(SLOTS_PER_LANE * count);
  const lanes = Array.from({ length: count }, () => threadLane({ folder, label, slots }));
  return new Packing(slots, lanes, { threaded: true, pieces: files + bytes / PART_SIZE });
}
