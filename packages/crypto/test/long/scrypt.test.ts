import { expect, test } from 'vitest';
import { utf8Bytes } from '../../src/bytes/text.ts';
import { engines } from '../engines.ts';
import { scryptVectors } from '../keys/scrypt-vectors.ts';
import { fromHex } from '../vectors.ts';

test.each(
  engines,
)('scrypt of the $name engine passes RFC 7914 at 2^20, with 1 GiB of memory', async (engine) => {
  const vector = scryptVectors.find(({ cost }) => cost.logN === 20)!;
  const derived = await engine.scrypt(utf8Bytes(vector.passphrase), utf8Bytes(vector.salt), vector.cost);
  expect(derived).toEqual(fromHex(vector.key));
});
