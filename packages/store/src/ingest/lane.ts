import type { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import type { FinishedPack } from '../pack/pack-writer.ts';
import { errorFromMessage, startThread, type Thread } from '../threads/thread.ts';
import type { Packer } from './packer.ts';
import type { FromPacker, PackerData, ToPacker } from './packer-messages.ts';
import type { Slab } from './slab.ts';
import { type Slots, slotBytes } from './slots.ts';

/** Gives back the ids that are new to the repository, and `null` for each of the others. */
export type Choose = (ids: readonly ObjectId[]) => (ObjectId | null)[];

/** Where slabs are named and written: a thread of its own, or the calling one. */
export interface Lane {
  /** Slabs under way here. */
  readonly load: number;
  /**
   * Names every piece, has `choose` say which are new, and writes those. About `left` pieces will come to this lane
   * afterwards.
   */
  store(slab: Slab, choose: Choose, left: number): Promise<ObjectId[]>;
  /** Makes what was written durable. */
  seal(): Promise<void>;
  /** Makes it visible. */
  finish(): Promise<FinishedPack[]>;
  /** Stops; temporary files may be left. */
  stop(): Promise<void>;
}

export function inlineLane(packer: Packer, slots: Slots): Lane {
  return {
    load: 0,
    store: async ({ slot, pieces }, choose) => {
      const ids = packer.hash(slotBytes(slots, slot), pieces);
      packer.write(slotBytes(slots, slot), pieces, choose(ids));
      return ids;
    },
    seal: async () => packer.seal(),
    finish: async () => packer.finish(),
    stop: async () => packer.abort(),
  };
}

export function threadLane(data: PackerData): Lane {
  return new ThreadLane(data);
}

interface Waiting {
  resolve(message: FromPacker): void;
  reject(error: StoreError): void;
}

class ThreadLane implements Lane {
  readonly #thread: Thread<ToPacker>;
  readonly #waiting = new Map<number, Waiting>();
  #jobs = 0;
  #broken: StoreError | undefined;
  load = 0;

  constructor(data: PackerData) {
    this.#thread = startThread<ToPacker, FromPacker>(import.meta.url, 'packer-thread', data, {
      onMessage: (message) => {
        if (message.kind === 'error') this.#break(errorFromMessage(message.error));
        else this.#settle(message);
      },
      onBroken: (error) => this.#break(error),
    });
  }

  async store(slab: Slab, choose: Choose, left: number): Promise<ObjectId[]> {
    const { slot, pieces } = slab;
    this.load += 1;
    const job = this.#nextJob();
    try {
      const hashed = await this.#ask('hashed', { kind: 'hash', job, slot, pieces });
      await this.#ask('written', { kind: 'write', job, ids: choose(hashed.ids), left });
      return hashed.ids;
    } finally {
      this.load -= 1;
    }
  }

  async seal(): Promise<void> {
    await this.#ask('sealed', { kind: 'seal', job: this.#nextJob() });
  }

  async finish(): Promise<FinishedPack[]> {
    const finished = await this.#ask('finished', { kind: 'finish', job: this.#nextJob() });
    await this.#thread.stop();
    return finished.packs;
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }

  #nextJob(): number {
    this.#jobs += 1;
    return this.#jobs;
  }

  async #ask<K extends FromPacker['kind']>(kind: K, message: ToPacker): Promise<FromPacker & { kind: K }> {
    if (this.#broken) throw this.#broken;
    const answer = await new Promise<FromPacker>((resolve, reject) => {
      this.#waiting.set(message.job, { resolve, reject });
      this.#thread.post(message);
    });
    if (answer.kind !== kind) throw new Error(`expected ${kind} from the packing thread, got ${answer.kind}`);
    return answer as FromPacker & { kind: K };
  }

  #settle(message: Exclude<FromPacker, { kind: 'error' }>): void {
    const waiting = this.#waiting.get(message.job);
    this.#waiting.delete(message.job);
    waiting?.resolve(message);
  }

  #break(error: StoreError): void {
    this.#broken = error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
