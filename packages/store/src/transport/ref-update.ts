import type { ObjectId } from '../objects/object-id.ts';

/** One ref to be set on the remote. */
export interface RefUpdate {
  /** Null deletes it. */
  readonly local: ObjectId | null;
  /** Whole name on the remote. */
  readonly remote: string;
  /** The value it must have there: null for none. */
  readonly expect: ObjectId | null;
  /** Lets a branch go back or aside; its expected value counts all the same. */
  readonly force?: boolean;
}

/**
 * Why a ref was not set:
 *
 * - `exists`: the remote has one of that name with another value, and none was expected
 * - `moved`: the remote has another value than expected
 * - `not-fast-forward`: the branch would lose commits
 * - `declined`: a rule or a hook of the remote says no
 * - `not-tried`: another one of an atomic push was rejected
 * - `failed`: anything else
 */
export type PushRejection = 'exists' | 'moved' | 'not-fast-forward' | 'declined' | 'not-tried' | 'failed';

export interface PushResult {
  readonly remote: string;
  /** Whether the remote has the value now. */
  readonly ok: boolean;
  /** Whether it had the value before. */
  readonly unchanged: boolean;
  readonly reason: PushRejection | null;
  /** What the remote said, in its words, without secrets and control characters; empty when all went well. */
  readonly detail: string;
}

export function accepted({ remote }: RefUpdate, unchanged = false): PushResult {
  return { remote, ok: true, unchanged, reason: null, detail: '' };
}

export function rejected({ remote }: RefUpdate, reason: PushRejection, detail = ''): PushResult {
  return { remote, ok: false, unchanged: false, reason, detail };
}
