import type { AliasOptions } from '@cairn/core';
import { present } from '../present.ts';

/** Options of commands that write to the history of a model. */
export const REASON_OPTIONS = {
  message: { short: 'm', value: 'why', summary: 'why, for the history' },
} as const;

/** The option of commands whose work can be signed. */
export const SIGN_OPTIONS = {
  sign: { summary: 'sign it with your SSH or GPG key, as Git would' },
} as const;

/** Options of commands that move aliases. */
export const MOVE_OPTIONS = {
  ...REASON_OPTIONS,
  force: { summary: 'also when the alias is protected; needs -m' },
  ...SIGN_OPTIONS,
} as const;

/** What the library is told of them. Without `--sign` the registry's setting counts. */
export function moveOptions(options: {
  readonly message: string | undefined;
  readonly force: boolean;
  readonly sign: boolean;
}): AliasOptions {
  return { ...present({ reason: options.message }), force: options.force, ...signOption(options) };
}

export function signOption({ sign }: { readonly sign: boolean }): { readonly sign?: boolean } {
  return sign ? { sign } : {};
}
