import { expect, test } from 'vitest';
import { type EncryptionOptions, encryptionChoice } from '../../src/arguments/encryption.ts';

const NONE: EncryptionOptions = {
  encrypt: undefined,
  key: undefined,
  'key-file': undefined,
  'passphrase-file': undefined,
  'passphrase-fd': undefined,
};

test.each([
  [{}, 'auto'],
  [{ encrypt: 'auto' }, 'auto'],
  [{ encrypt: 'passphrase' }, 'passphrase'],
  [{ encrypt: 'passphrase', 'passphrase-fd': '3' }, 'passphrase'],
  [{ 'passphrase-file': 'f' }, 'passphrase'],
  [{ key: 'mine' }, 'key'],
  [{ 'key-file': 'f' }, 'key-file'],
])('%o means %s', (options, choice) => {
  expect(encryptionChoice({ ...NONE, ...options })).toBe(choice);
});

test.each([
  [{ encrypt: 'aes' }, "--encrypt 'aes' is neither auto nor passphrase"],
  [{ key: 'a', 'key-file': 'b' }, '--key and --key-file exclude each other'],
  [{ key: 'a', encrypt: 'auto' }, '--key and --encrypt auto exclude each other'],
  [{ 'key-file': 'a', 'passphrase-file': 'b' }, '--key-file and --passphrase-file exclude each other'],
  [{ encrypt: 'auto', 'passphrase-fd': '3' }, '--encrypt auto and --passphrase-fd exclude each other'],
])('%o is refused', (options, message) => {
  expect(() => encryptionChoice({ ...NONE, ...options })).toThrow(message);
});
