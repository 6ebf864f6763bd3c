import { describe, expect, test } from 'vitest';
import { availableEngine } from '../../src/engines/available.ts';
import { counting, flipped, noise } from '../bytes.ts';
import { engines } from '../engines.ts';
import { fromHex, vectorGroups, vectorSuite } from '../vectors.ts';

const KEY = counting(32);
const NONCE = counting(12, 50);

async function sealed(engine: (typeof engines)[number], plaintext: Uint8Array): Promise<Uint8Array> {
  const target = new Uint8Array(plaintext.length + 16);
  await engine.cipher(KEY).seal(NONCE, plaintext, target);
  return target;
}

describe.each(engines)('the $name engine', (engine) => {
  test('opens what it sealed, at every size around its own slices', async () => {
    for (const size of [0, 1, 15, 16, 17, 65535, 65536, 65537, 200_000]) {
      const plaintext = noise(size);
      const target = new Uint8Array(size);
      expect(await engine.cipher(KEY).open(NONCE, await sealed(engine, plaintext), target)).toBe(true);
      expect(target).toEqual(plaintext);
    }
  });

  test('opens nothing that was altered, and leaves zeros in the target', async () => {
    const whole = await sealed(engine, noise(100));
    for (let i = 0; i < whole.length; i++) {
      const target = new Uint8Array(100).fill(7);
      expect(await engine.cipher(KEY).open(NONCE, flipped(whole, i), target)).toBe(false);
      expect(target).toEqual(new Uint8Array(100));
    }
  });

  test('takes no tag shorter than 16 bytes', async () => {
    const whole = await sealed(engine, noise(100));
    for (let cut = 1; cut <= 16; cut++) {
      const target = new Uint8Array(100 - cut);
      expect(await engine.cipher(KEY).open(NONCE, whole.subarray(0, -cut), target)).toBe(false);
    }
  });

  test('seals pieces of larger buffers, wherever they begin', async () => {
    const plaintext = noise(1000);
    const buffer = new Uint8Array(1001);
    buffer.set(plaintext, 1);
    expect(await sealed(engine, buffer.subarray(1))).toEqual(await sealed(engine, plaintext));
  });

  test('keeps a key of its own', async () => {
    const key = KEY.slice();
    const cipher = engine.cipher(key);
    key.fill(0);
    const target = new Uint8Array(26);
    await cipher.seal(NONCE, noise(10), target);
    expect(target).toEqual(await sealed(engine, noise(10)));
    cipher.close();
  });

  test('gives the same hash in pieces as in one', async () => {
    const bytes = noise(100_000);
    const hasher = engine.sha256Hasher();
    for (let i = 0; i < bytes.length; i += 777) hasher.update(bytes.subarray(i, i + 777));
    expect(hasher.digest()).toEqual(await engine.sha256(bytes));
  });

  test('gives the bytes the first engine gives', async () => {
    const [first] = engines;
    const bytes = noise(70_000);
    expect(await sealed(engine, bytes)).toEqual(await sealed(first!, bytes));
    expect(await engine.sha256(bytes)).toEqual(await first!.sha256(bytes));
    expect(engine.hmacSha512(KEY, bytes)).toEqual(first!.hmacSha512(KEY, bytes));
  });

  test('gives as many random bytes as it is asked for, and others each time', () => {
    expect(engine.randomBytes(32)).toHaveLength(32);
    expect(engine.randomBytes(32)).not.toEqual(engine.randomBytes(32));
  });
});

test('outside Node, WebCrypto is taken where it is there', () => {
  expect(availableEngine().name).toBe('webcrypto');
});

interface Group {
  readonly keySize: number;
  readonly ivSize: number;
}

interface Vector {
  readonly tcId: number;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly result: string;
}

const aesGcm = vectorSuite('Wycheproof AES-256-GCM', 'aes_gcm_test.json');

describe.skipIf(aesGcm.skip)(aesGcm.name, () => {
  test.each(engines)('holds for the $name engine', async (engine) => {
    const groups = vectorGroups<Group, Vector>('aes_gcm_test.json').filter(
      ({ keySize, ivSize }) => keySize === 256 && ivSize === 96,
    );
    const tests = groups.flatMap((group) => group.tests).filter((vector) => vector.aad === '');
    expect(tests.length).toBeGreaterThan(30);
    for (const vector of tests) {
      const message = fromHex(vector.msg);
      const whole = fromHex(`${vector.ct}${vector.tag}`);
      const target = new Uint8Array(whole.length - 16);
      const cipher = engine.cipher(fromHex(vector.key));
      const opens = await cipher.open(fromHex(vector.iv), whole, target);
      expect(opens, `test ${vector.tcId}`).toBe(vector.result === 'valid');
      if (opens) expect(target).toEqual(message);
    }
  });
});
