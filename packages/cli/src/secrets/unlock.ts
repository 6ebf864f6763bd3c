import type { Unlock } from '@cairn/core';
import { keyringOf } from '../config-folder.ts';
import type { Context, Core } from '../context.ts';
import { namedSecret } from './named-secret.ts';
import type { UnlockOptions } from './options.ts';

/**
 * What a command may open sealed versions with: what its {@link UNLOCK_OPTIONS} name, else every key of the keyring,
 * then `CAIRN_PASSPHRASE`, or, on a terminal, a passphrase that is asked for when it is needed, once.
 */
export async function unlockFrom(
  context: Context,
  core: Core,
  options: UnlockOptions & { readonly prefix?: string },
): Promise<Unlock> {
  const secret = await namedSecret(context, core, options);
  if (secret) return { secret };
  const askPassphrase = askerFor(context);
  return { keyring: keyringOf(context), ...(askPassphrase && { askPassphrase }) };
}

function askerFor({ variables, terminal, signal }: Context): Unlock['askPassphrase'] {
  const { CAIRN_PASSPHRASE: given } = variables;
  if (given) return async () => given;
  if (!terminal.canAskSecret()) return undefined;
  let answer: Promise<string | null> | null = null;
  return () => {
    answer ??= terminal.askSecret('passphrase: ', signal).then((text) => text || null);
    return answer;
  };
}
