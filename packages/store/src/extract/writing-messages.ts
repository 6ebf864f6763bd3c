import type { WritePlace } from './written-file.ts';

/** What a writing thread is asked, about files that it knows by number. There is no answer but that it is done. */
export type ToWriter =
  | { readonly kind: 'open'; readonly file: number; readonly place: WritePlace }
  /** The bytes are shared memory that stays as it is until the answer. */
  | { readonly kind: 'write'; readonly file: number; readonly bytes: Uint8Array }
  | { readonly kind: 'force'; readonly file: number }
  | { readonly kind: 'close'; readonly file: number };
