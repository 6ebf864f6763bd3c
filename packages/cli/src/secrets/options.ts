import type { Options } from '../descriptor.ts';

/** Options of every command that opens something sealed, to spread among its own. */
export const UNLOCK_OPTIONS = {
  key: {
    value: 'name',
    summary: 'open it with this key of yours; all of them are tried if left out',
    completes: 'key',
  },
  'key-file': { value: 'file', summary: 'open it with the key in a file', completes: 'file' },
  'passphrase-file': { value: 'file', summary: 'open it with the first line of a file', completes: 'file' },
  'passphrase-fd': { value: 'number', summary: 'open it with the first line of a file descriptor' },
} as const satisfies Options;

/** The values of {@link UNLOCK_OPTIONS}, as parsing gives them. */
export type UnlockOptions = { readonly [K in keyof typeof UNLOCK_OPTIONS]: string | undefined };

/** Options of a command that takes a new passphrase. */
export const NEW_PASSPHRASE_OPTIONS = {
  'passphrase-file': {
    value: 'file',
    summary: 'the passphrase is the first line of a file',
    completes: 'file',
  },
  'passphrase-fd': { value: 'number', summary: 'the passphrase is the first line of a file descriptor' },
} as const satisfies Options;

/** The values of {@link NEW_PASSPHRASE_OPTIONS}, as parsing gives them. */
export type NewPassphraseOptions = {
  readonly [K in keyof typeof NEW_PASSPHRASE_OPTIONS]: string | undefined;
};
