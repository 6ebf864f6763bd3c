import type { Preference } from '@cairn/core';
import { usageError } from './errors.ts';

/** Which side goes where both have changed the same thing. */
export const PREFERENCE_OPTIONS = {
  ours: { summary: 'where both sides changed the same thing, keep what is here' },
  theirs: { summary: 'where both sides changed the same thing, take what is there' },
} as const;

/** The side that was chosen; `undefined` for neither. Throws a usage error for both. */
export function preferenceFrom({
  ours,
  theirs,
}: {
  readonly ours: boolean;
  readonly theirs: boolean;
}): Preference | undefined {
  if (ours && theirs) throw usageError('--ours and --theirs are both given', 'give one of them');
  if (ours) return 'ours';
  return theirs ? 'theirs' : undefined;
}
