import type { Encryption } from '@cairn/core';
import { type EncryptionOptions, encryptionChoice } from '../arguments/encryption.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import type { OpenRegistry } from '../registry.ts';
import { newEncryptionFrom } from './new-encryption.ts';
import { unlockFrom } from './unlock.ts';

/**
 * What a new version of a model is sealed with. A passphrase is asked for twice when it will be the model's first
 * secret, and once when the model is sealed already.
 */
export async function encryptionFrom(
  context: Context,
  { core, registry }: OpenRegistry,
  { model, ...options }: EncryptionOptions & { readonly model: string },
): Promise<Encryption> {
  const isAsked = encryptionChoice(options) === 'passphrase' && (await isSealed({ core, registry }, model));
  if (!isAsked) return newEncryptionFrom(context, core, options);
  const { secret, askPassphrase } = await unlockFrom(context, core, options);
  const passphrase = secret?.kind === 'passphrase' ? secret.passphrase : await askPassphrase?.();
  if (passphrase) return { kind: 'passphrase', passphrase };
  throw usageError('no passphrase was given', 'name a file with --passphrase-file, or set CAIRN_PASSPHRASE');
}

async function isSealed({ core, registry }: OpenRegistry, model: string): Promise<boolean> {
  const domains = await core.listAccess(registry, model).catch((error) => {
    if (error instanceof Error && 'code' in error && error.code === 'not-found') return [];
    throw error;
  });
  return domains.some(({ current }) => current);
}
