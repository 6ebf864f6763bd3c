import type { Unlock } from '@cairn/core';
import type { Context, Core } from '../context.ts';
import type { Options } from '../descriptor.ts';
import { UNLOCK_OPTIONS, type UnlockOptions } from './options.ts';
import { unlockFrom } from './unlock.ts';

/** Options of commands that can do with a sealed version that stays closed. */
export const OPENING_OPTIONS = {
  open: { summary: 'open what is sealed, and ask for its passphrase where no key does' },
  ...UNLOCK_OPTIONS,
} as const satisfies Options;

export interface Opening {
  readonly unlock: Unlock;
  /** Whether the user has said so, so that not to succeed is an error. */
  readonly isWanted: boolean;
}

/**
 * What a command may open that nobody has told to: what a key of the user's or `CAIRN_PASSPHRASE` opens, without a
 * question.
 */
export async function openingFrom(
  context: Context,
  core: Core,
  { open, ...options }: UnlockOptions & { readonly open: boolean },
): Promise<Opening> {
  const isWanted = open || Object.keys(UNLOCK_OPTIONS).some((name) => options[name as keyof UnlockOptions]);
  const unlock = await unlockFrom(context, core, options);
  if (isWanted || context.variables.CAIRN_PASSPHRASE) return { unlock, isWanted };
  const { askPassphrase: _, ...quiet } = unlock;
  return { unlock: quiet, isWanted };
}
