import { describe, expect, test } from 'vitest';
import { utf8Bytes } from '../../src/bytes/text.ts';
import { expectCode } from '../bytes.ts';
import { engines } from '../engines.ts';
import { fromHex } from '../vectors.ts';
import { scryptVectors } from './scrypt-vectors.ts';

describe.each(engines)('scrypt of the $name engine', (engine) => {
  test.each(
    scryptVectors.filter(({ cost }) => cost.logN < 20),
  )('passes RFC 7914 at 2^$cost.logN', async (vector) => {
    const derived = await engine.scrypt(utf8Bytes(vector.passphrase), utf8Bytes(vector.salt), vector.cost);
    expect(derived).toEqual(fromHex(vector.key));
  });

  test('says so when the platform cannot derive', async () => {
    const impossible = { logN: 0, r: 8, p: 1, size: 32 };
    await expectCode(engine.scrypt(new Uint8Array(1), new Uint8Array(1), impossible), 'failed');
  });
});
