import { describe, expect, test } from 'vitest';
import { nodeEngine } from '../../src/engines/node.ts';
import { passphraseBytes, proposePassphrase } from '../../src/keys/passphrase.ts';
import { thrownCode } from '../bytes.ts';

test('a passphrase is the same composed and decomposed', () => {
  const composed = 'Schlüssel é 각'.normalize('NFC');
  const decomposed = composed.normalize('NFD');
  expect(composed).not.toBe(decomposed);
  expect(passphraseBytes(decomposed)).toEqual(passphraseBytes(composed));
});

test('nothing of a passphrase is trimmed or folded', () => {
  expect(passphraseBytes(' a ')).not.toEqual(passphraseBytes('a'));
  expect(passphraseBytes('A')).not.toEqual(passphraseBytes('a'));
});

describe('a passphrase is refused', () => {
  test.each([
    ['when it is empty', ''],
    ['when it is not Unicode', '\ud800'],
    ['when it is longer than 1 KiB', 'ä'.repeat(513)],
  ])('%s', (_, passphrase) => {
    expect(thrownCode(() => passphraseBytes(passphrase))).toBe('invalid');
  });
});

test('a proposed passphrase has 125 bits and no letters that are taken for others', () => {
  const { passphrase, bits } = proposePassphrase(nodeEngine);
  expect(passphrase).toMatch(/^[0-9a-hjkmnp-tv-z]{5}(-[0-9a-hjkmnp-tv-z]{5}){4}$/);
  expect(bits).toBe(125);
  expect(proposePassphrase(nodeEngine).passphrase).not.toBe(passphrase);
});

test('every byte of the generator gives a letter, each letter as often', () => {
  const letters = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    const engine = { ...nodeEngine, randomBytes: (size: number) => new Uint8Array(size).fill(byte) };
    const letter = proposePassphrase(engine).passphrase[0]!;
    letters.set(letter, (letters.get(letter) ?? 0) + 1);
  }
  expect([...letters.values()]).toEqual(Array.from({ length: 32 }, () => 8));
});
