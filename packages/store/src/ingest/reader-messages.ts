import type { ErrorMessage } from '../threads/thread.ts';
import type { Slab } from './slab.ts';
import type { Slots } from './slots.ts';
import type { SourceFile } from './source-file.ts';

/** What the reading thread is started with. */
export interface ReaderData {
  readonly files: readonly SourceFile[];
  readonly slots: Slots;
}

export type FromReader =
  | { readonly kind: 'slab'; readonly slab: Slab }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly error: ErrorMessage };
