import { beforeAll, describe, expect, test } from 'vitest';
import { utf8Bytes, utf8Text } from '../../src/bytes/text.ts';
import { ENVELOPE_SIZE_MAX, encodeEnvelope, parseEnvelope } from '../../src/envelope/envelope-json.ts';
import { openEnvelope } from '../../src/envelope/open-envelope.ts';
import { expectCode, thrownCode } from '../bytes.ts';
import { idleEngine } from '../engines.ts';
import { bytesOf, envelopeFor, jsonOf, KEY, OTHER_KEY, PASSPHRASE } from './envelopes.ts';

let envelope: Uint8Array;
let text: string;

beforeAll(async () => {
  envelope = await envelopeFor(KEY, PASSPHRASE);
  text = utf8Text(envelope)!;
});

test('an envelope is read back, and written back as it was', () => {
  const parsed = parseEnvelope(envelope);
  expect(encodeEnvelope(parsed)).toEqual(envelope);
  expect(parsed).toMatchObject({ segmentLog2: 20, revision: 0 });
  expect(parsed.slots.map((slot) => slot.kind)).toEqual(['key', 'passphrase']);
});

test('16 slots with 4 passphrases fit', async () => {
  const keys = Array.from({ length: 12 }, (_, i) => ({
    kind: 'key' as const,
    key: new Uint8Array(32).fill(i),
  }));
  const full = await envelopeFor(...keys, PASSPHRASE, PASSPHRASE, PASSPHRASE, PASSPHRASE);
  expect(full.length).toBeLessThan(ENVELOPE_SIZE_MAX / 2);
  expect(parseEnvelope(full).slots).toHaveLength(16);
});

/** Refused with a code, by an engine that cannot derive: so that no work was done. */
async function refused(bytes: Uint8Array): Promise<string> {
  const code = thrownCode(() => parseEnvelope(bytes));
  for (const secret of [KEY, PASSPHRASE]) {
    await expectCode(openEnvelope(idleEngine, bytes, secret), 'format', 'limits', 'unsupported');
  }
  return code;
}

describe('an envelope has one spelling', () => {
  test.each<[string, (text: string) => string]>([
    ['white space', (t) => t.replace('{"alg"', '{ "alg"')],
    ['a line break at its end', (t) => `${t}\n`],
    ['keys in another order', (t) => t.replace(/"rev":0,"seg":20/, '"seg":20,"rev":0')],
    ['a duplicate key', (t) => t.replace('"rev":0', '"rev":0,"rev":0')],
    ['an exponent', (t) => t.replace('"rev":0', '"rev":0e0')],
    ['a negative zero', (t) => t.replace('"rev":0', '"rev":-0')],
    ['a negative number', (t) => t.replace('"rev":0', '"rev":-1')],
    ['a fraction', (t) => t.replace('"rev":0', '"rev":0.0')],
    ['a unicode escape', (t) => t.replace('"kind":"key"', '"kind":"\\u006bey"')],
    ['a byte order mark', (t) => `\ufeff${t}`],
    ['a character beyond ASCII', (t) => t.replace('"kind":"key"', '"kind":"kéy"')],
    ['padded base64', (t) => t.replace(/("cid":"[^"]+)"/, '$1="')],
    ['base64 with spare bits', (t) => t.replace(/("cid":"[^"]+)."/, '$1_"')],
    ['__proto__', (t) => t.replace('{"alg"', '{"__proto__":{},"alg"')],
    ['an unknown field', (t) => t.replace('"rev":0', '"rev":0,"sea":1')],
    ['a missing field', (t) => t.replace('"rev":0,', '')],
    ['a field of another type', (t) => t.replace('"rev":0', '"rev":"0"')],
    ['a salt that is too short', (t) => t.replace(/"salt":"[^"]{4}/, '"salt":"')],
    ['an unknown kind of slot', (t) => t.replace('"kind":"key"', '"kind":"kez"')],
    ['logn in a key slot', (t) => t.replace('"kind":"key",', '"kind":"key","logn":14,')],
    ['logn as a string', (t) => t.replace('"logn":14', '"logn":"14"')],
    ['logn 2^53', (t) => t.replace('"logn":14', '"logn":9007199254740992')],
    ['another format', (t) => t.replace('cairn-seal/1', 'acorn-seal/1')],
    ['deep nesting', () => '['.repeat(16_000)],
    ['closed deep nesting', () => '['.repeat(8000) + ']'.repeat(8000)],
    ['nothing', () => ''],
    ['null', () => 'null'],
    ['a list', () => '[]'],
  ])('so that %s is refused', async (_, change) => {
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect(await refused(utf8Bytes(changed))).toBe('format');
  });

  test('so that no byte of it can be another, or missing, or doubled, and still be read as the same', () => {
    for (let i = 0; i < envelope.length; i++) {
      for (const byte of [0x00, 0x20, 0x22, 0x30, 0x41, 0x7b, 0x80, 0xff]) {
        if (envelope[i] === byte) continue;
        const changed = envelope.slice();
        changed[i] = byte;
        expect(sameEnvelope(changed)).toBe(false);
      }
    }
  });

  function sameEnvelope(bytes: Uint8Array): boolean {
    try {
      return Buffer.compare(encodeEnvelope(parseEnvelope(bytes)), envelope) === 0;
    } catch {
      return false;
    }
  }
});

test.each(['cairn-seal/2', 'cairn-seal/10'])('an envelope of %s is of a version to come', async (fmt) => {
  expect(await refused(bytesOf({ ...jsonOf(envelope), fmt }))).toBe('unsupported');
});

test('another algorithm is not supported', async () => {
  expect(await refused(bytesOf({ ...jsonOf(envelope), alg: 'ROT13' }))).toBe('unsupported');
});

describe('an envelope that asks for too much is refused before any key derivation', () => {
  test.each([13, 0, 21, 2 ** 53 - 1])('logn %d', async (logn) => {
    const json = jsonOf(envelope);
    json.slots[1].logn = logn;
    expect(await refused(bytesOf(json))).toBe('limits');
  });

  test.each([0, 13, 23, 2 ** 53 - 1])('seg %d', async (seg) => {
    expect(await refused(bytesOf({ ...jsonOf(envelope), seg }))).toBe('limits');
  });

  test('five passphrase slots', async () => {
    const json = jsonOf(envelope);
    json.slots = Array.from({ length: 5 }, () => json.slots[1]);
    expect(await refused(bytesOf(json))).toBe('limits');
  });

  test('seventeen slots, and none', async () => {
    const json = jsonOf(envelope);
    expect(await refused(bytesOf({ ...json, slots: Array.from({ length: 17 }, () => json.slots[0]) }))).toBe(
      'limits',
    );
    expect(await refused(bytesOf({ ...json, slots: [] }))).toBe('limits');
  });

  test('four passphrase slots whose work is more than 2^20 together', async () => {
    const json = jsonOf(envelope);
    const slot = { ...json.slots[1], logn: 18 };
    json.slots = [slot, slot, slot, slot];
    expect(thrownCode(() => parseEnvelope(bytesOf(json)))).toBe('no error');
    json.slots[3] = { ...slot, logn: 19 };
    expect(await refused(bytesOf(json))).toBe('limits');
  });

  test('more than 16 KiB, however it is made', async () => {
    expect(await refused(new Uint8Array(1024 * 1024).fill(0x5b))).toBe('limits');
    expect(await refused(new Uint8Array(ENVELOPE_SIZE_MAX + 1).fill(0x20))).toBe('limits');
  });
});

test('the secret that does not fit the kind of any slot costs no work', async () => {
  await expectCode(openEnvelope(idleEngine, await envelopeFor(PASSPHRASE), OTHER_KEY), 'wrong-key');
  await expectCode(openEnvelope(idleEngine, await envelopeFor(KEY), PASSPHRASE), 'wrong-key');
});
