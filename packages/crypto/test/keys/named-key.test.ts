import { expect, test } from 'vitest';
import type { Engine } from '../../src/engines/engine.ts';
import { nodeEngine } from '../../src/engines/node.ts';
import { deriveNamedKey, keyFingerprint } from '../../src/keys/named-key.ts';
import { counting, expectCode } from '../bytes.ts';

/** An engine whose scrypt only notes what it was asked for. */
function notingEngine(asked: unknown[]): Engine {
  return {
    ...nodeEngine,
    scrypt: async (passphrase, salt, cost) => {
      asked.push([Buffer.from(passphrase).toString(), Buffer.from(salt).toString(), cost]);
      return new Uint8Array(cost.size);
    },
  };
}

test('a name and a passphrase give the key that another implementation of scrypt gives', async () => {
  const derivation = { name: 'prod', passphrase: 'correct horse battery staple' };
  const key = await deriveNamedKey(nodeEngine, derivation);
  // hashlib.scrypt of Python, with n=2**18, r=8, p=1 and the salt b'cairn-seal/1 named key\\0prod'.
  expect(Buffer.from(key).toString('hex')).toBe(
    'b98bc37b50eaf0112454950efa4ec4d03e3d979b0e5b5595c262de49d5c8aa0b',
  );
  expect(keyFingerprint(key)).toBe('2c11-fd1e-5014-2092');
});

test('the name is the salt, and one spelling of a passphrase is as good as another', async () => {
  const asked: unknown[] = [];
  const engine = notingEngine(asked);
  await deriveNamedKey(engine, { name: 'a', passphrase: 'caf\u00e9' });
  await deriveNamedKey(engine, { name: 'a', passphrase: 'cafe\u0301' });
  await deriveNamedKey(engine, { name: 'b', passphrase: 'caf\u00e9' });
  expect(asked[0]).toEqual(asked[1]);
  expect(asked[2]).not.toEqual(asked[1]);
  expect(asked[0]).toMatchObject([
    expect.anything(),
    'cairn-seal/1 named key\0a',
    { logN: 18, r: 8, p: 1, size: 32 },
  ]);
});

test('no passphrase is refused before anything is derived', async () => {
  const asked: unknown[] = [];
  const engine = notingEngine(asked);
  for (const passphrase of ['', 'x'.repeat(1025), '\ud800']) {
    await expectCode(deriveNamedKey(engine, { name: 'a', passphrase }), 'invalid');
  }
  expect(asked).toEqual([]);
});

test('a fingerprint is of the key alone, and no part of its key file', () => {
  expect(keyFingerprint(counting(32))).toMatch(/^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/);
  expect(keyFingerprint(counting(32))).toBe(keyFingerprint(counting(32)));
  expect(keyFingerprint(counting(32, 1))).not.toBe(keyFingerprint(counting(32)));
});
