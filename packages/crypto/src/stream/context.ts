import { lengthPrefixed } from '../bytes/join.ts';
import { utf8Bytes } from '../bytes/text.ts';

/** What a stream is. It is part of the stream's key, so that none opens in another's place. */
export type StreamContext =
  | { readonly kind: 'object'; readonly id: string }
  | { readonly kind: 'manifest'; readonly model: string; readonly version: string };

/** Kind, domain, and what names the stream in it, each after its length. */
export function contextBytes(cid: Uint8Array, context: StreamContext): Uint8Array {
  const names = context.kind === 'object' ? [context.id] : [context.model, context.version];
  return lengthPrefixed(utf8Bytes(context.kind), cid, ...names.map(utf8Bytes));
}
