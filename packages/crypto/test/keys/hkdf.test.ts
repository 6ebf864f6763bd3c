import { describe, expect, test } from 'vitest';
import { hkdf } from '../../src/keys/hkdf.ts';
import { engines } from '../engines.ts';
import { fromHex, vectorGroups, vectorSuite } from '../vectors.ts';

const FILE = 'hkdf_sha512_test.json';
interface Vector {
  readonly tcId: number;
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
  readonly result: string;
}

const suite = vectorSuite('Wycheproof HKDF-SHA-512', FILE);

describe.skipIf(suite.skip)(suite.name, () => {
  test.each(engines)('holds for the $name engine', (engine) => {
    const tests = vectorGroups<object, Vector>(FILE).flatMap((group) => group.tests);
    const valid = tests.filter((vector) => vector.result === 'valid');
    expect(valid.length).toBeGreaterThan(70);
    for (const vector of valid) {
      const derived = hkdf(engine, {
        key: fromHex(vector.ikm),
        salt: fromHex(vector.salt),
        info: fromHex(vector.info),
        size: vector.size,
      });
      expect(derived, `test ${vector.tcId}`).toEqual(fromHex(vector.okm));
    }
  });
});
