import type { Origin } from './origin.ts';

/** What is known of files that lie where they are, with nothing to tidy up. */
export type OriginParts = Omit<Origin, typeof Symbol.asyncDispose>;

/** An origin of files that stay where they are. */
export function originInPlace(parts: OriginParts): Origin {
  return { ...parts, [Symbol.asyncDispose]: async () => {} };
}
