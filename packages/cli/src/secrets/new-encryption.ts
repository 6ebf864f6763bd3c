import type { Encryption } from '@cairn/core';
import { type EncryptionOptions, encryptionChoice } from '../arguments/encryption.ts';
import { keyringOf } from '../config-folder.ts';
import type { Context, Core } from '../context.ts';
import { namedSecret } from './named-secret.ts';
import { newPassphraseFrom } from './new-passphrase.ts';

/** What a model is to be sealed with that was sealed with something else before. */
export async function newEncryptionFrom(
  context: Context,
  core: Core,
  options: EncryptionOptions,
): Promise<Encryption> {
  const choice = encryptionChoice(options);
  if (choice === 'auto') return { kind: 'auto', keyring: keyringOf(context) };
  if (choice === 'passphrase') {
    return { kind: 'passphrase', passphrase: await newPassphraseFrom(context, core, options) };
  }
  const { key, 'key-file': keyFile } = options;
  return (await namedSecret(context, core, { key, 'key-file': keyFile }))!;
}
