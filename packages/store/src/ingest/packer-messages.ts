import type { ObjectId } from '../objects/object-id.ts';
import type { FinishedPack } from '../pack/pack-writer.ts';
import type { ErrorMessage } from '../threads/thread.ts';
import type { Piece } from './slab.ts';
import type { Slots } from './slots.ts';

/** What a packing thread is started with. */
export interface PackerData {
  readonly folder: string;
  readonly label: string;
  readonly slots: Slots;
}

export type ToPacker =
  | { readonly kind: 'hash'; readonly job: number; readonly slot: number; readonly pieces: readonly Piece[] }
  /**
   * Goes on with the pieces of the same job: a `null` id is in the repository already. About `left` pieces will come
   * after them.
   */
  | {
      readonly kind: 'write';
      readonly job: number;
      readonly ids: readonly (ObjectId | null)[];
      readonly left: number;
    }
  | { readonly kind: 'seal'; readonly job: number }
  | { readonly kind: 'finish'; readonly job: number };

export type FromPacker =
  | { readonly kind: 'hashed'; readonly job: number; readonly ids: ObjectId[] }
  | { readonly kind: 'written'; readonly job: number }
  | { readonly kind: 'sealed'; readonly job: number }
  | { readonly kind: 'finished'; readonly job: number; readonly packs: FinishedPack[] }
  | { readonly kind: 'error'; readonly error: ErrorMessage };
