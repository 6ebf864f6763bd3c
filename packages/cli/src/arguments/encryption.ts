import type { Options } from '../descriptor.ts';
import { usageError } from '../errors.ts';
import { NEW_PASSPHRASE_OPTIONS } from '../secrets/options.ts';

/** Options of a command that seals, to spread among its own. */
export const ENCRYPTION_OPTIONS = {
  encrypt: {
    value: 'auto|passphrase',
    summary: "seal with the model's own key, made on first use, or with a passphrase; auto if left out",
  },
  key: { value: 'name', summary: 'seal with this key of yours', completes: 'key' },
  'key-file': { value: 'file', summary: 'seal with the key in a file', completes: 'file' },
  ...NEW_PASSPHRASE_OPTIONS,
} as const satisfies Options;

/** Their values, as parsing gives them. */
export type EncryptionOptions = { readonly [K in keyof typeof ENCRYPTION_OPTIONS]: string | undefined };

/** What can be chosen, and what the words of a command line come to. */
type Choice = 'auto' | 'passphrase' | 'key' | 'key-file';

/** How to seal. Throws a usage error for options that exclude each other. */
export function encryptionChoice(options: EncryptionOptions): Choice {
  const { encrypt, key, 'key-file': keyFile } = options;
  const passphraseFrom = (['passphrase-file', 'passphrase-fd'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (encrypt !== undefined && encrypt !== 'auto' && encrypt !== 'passphrase') {
    throw usageError(
      `--encrypt '${encrypt}' is neither auto nor passphrase`,
      'a key of yours is named with --key',
    );
  }
  if (key !== undefined && keyFile !== undefined) throw exclusive('--key', '--key-file');
  const named = key !== undefined ? 'key' : keyFile !== undefined ? 'key-file' : null;
  if (named && encrypt !== undefined) throw exclusive(`--${named}`, `--encrypt ${encrypt}`);
  if (named && passphraseFrom) throw exclusive(`--${named}`, `--${passphraseFrom}`);
  if (encrypt === 'auto' && passphraseFrom) throw exclusive('--encrypt auto', `--${passphraseFrom}`);
  return named ?? (passphraseFrom ? 'passphrase' : (encrypt ?? 'auto'));
}

function exclusive(one: string, other: string): Error {
  return usageError(`${one} and ${other} exclude each other`, 'give one of them');
}
