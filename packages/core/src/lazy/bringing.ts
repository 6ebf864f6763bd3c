import type { ObjectId } from '@cairn/store';
import type { TaskOptions } from '../progress.ts';

export interface BringOptions extends TaskOptions {
  /** What needs the objects, for messages: such as `stockpred@v2`. */
  readonly what: string;
  readonly ids: Iterable<ObjectId>;
  /** Bytes of objects, as far as they are known: progress is told against them. */
  readonly sizes?: ReadonlyMap<ObjectId, number>;
}

/** What had to be fetched. */
export interface Brought {
  readonly fetched: {
    readonly objects: number;
    /** Bytes in them, before packing. */
    readonly bytes: number;
  };
}
