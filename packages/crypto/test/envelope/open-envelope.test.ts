import { beforeAll, describe, expect, test } from 'vitest';
import { joinBytes } from '../../src/bytes/join.ts';
import { utf8Bytes } from '../../src/bytes/text.ts';
import { nodeEngine } from '../../src/engines/node.ts';
import { createEnvelope } from '../../src/envelope/create-envelope.ts';
import { authenticated, unwrapEnvelope } from '../../src/envelope/data-key-envelope.ts';
import { parseEnvelope } from '../../src/envelope/envelope-json.ts';
import { openEnvelope } from '../../src/envelope/open-envelope.ts';
import { hkdf } from '../../src/keys/hkdf.ts';
import { expectCode } from '../bytes.ts';
import { engines } from '../engines.ts';
import { twoKeyCiphertext } from '../stream/two-key-ciphertext.ts';
import {
  bytesOf,
  envelopeFor,
  jsonOf,
  KEY,
  LOG_N,
  OTHER_KEY,
  OTHER_PASSPHRASE,
  PASSPHRASE,
} from './envelopes.ts';

const SALT = new Uint8Array(24);
const CONTEXT = { kind: 'object', id: 'a' } as const;

let envelope: Uint8Array;

beforeAll(async () => {
  envelope = await envelopeFor(KEY, PASSPHRASE);
});

test.each(
  engines,
)('the $name engine opens an envelope with each of its secrets, to the same keys', async (engine) => {
  const made = await createEnvelope(nodeEngine, { secrets: [KEY, PASSPHRASE, OTHER_KEY], logN: LOG_N });
  const expected = made.domain.stream(CONTEXT).derive(SALT);
  for (const [slot, secret] of [KEY, PASSPHRASE, OTHER_KEY].entries()) {
    const opened = await openEnvelope(engine, made.envelope, secret);
    expect(opened.slot).toBe(slot);
    expect(opened.domain.cid).toEqual(made.domain.cid);
    expect(opened.domain.stream(CONTEXT).derive(SALT)).toEqual(expected);
  }
});

test('a key in a Buffer, whose slices are views of it, is left as it was', async () => {
  for (const engine of engines) {
    const key = Buffer.alloc(32, 7);
    const { envelope } = await createEnvelope(engine, { secrets: [{ kind: 'key', key }] });
    expect(key).toEqual(Buffer.alloc(32, 7));
    const { domain, slot } = await openEnvelope(engine, envelope, { kind: 'key', key });
    domain.close();
    expect({ slot, key }).toEqual({ slot: 0, key: Buffer.alloc(32, 7) });
  }
});

test('a passphrase opens composed or decomposed', async () => {
  const passphrase = 'Schlüssel für Zoë';
  const made = await envelopeFor({ kind: 'passphrase', passphrase: passphrase.normalize('NFC') });
  const decomposed = { kind: 'passphrase', passphrase: passphrase.normalize('NFD') } as const;
  expect((await openEnvelope(nodeEngine, made, decomposed)).slot).toBe(0);
});

test('an empty passphrase is refused, when an envelope is made and when it is opened', async () => {
  const empty = { kind: 'passphrase', passphrase: '' } as const;
  await expectCode(envelopeFor(empty), 'invalid');
  await expectCode(openEnvelope(nodeEngine, envelope, empty), 'invalid');
});

test('another key or passphrase is a wrong key', async () => {
  await expectCode(openEnvelope(nodeEngine, envelope, OTHER_KEY), 'wrong-key');
  await expectCode(openEnvelope(nodeEngine, envelope, OTHER_PASSPHRASE), 'wrong-key');
});

test('two envelopes for the same secrets have nothing in common', async () => {
  const [a, b] = [jsonOf(envelope), jsonOf(await envelopeFor(KEY, PASSPHRASE))];
  for (const field of ['cid', 'cmt', 'mac']) expect(a[field]).not.toBe(b[field]);
  for (const field of ['salt', 'chk', 'wrap']) expect(a.slots[0][field]).not.toBe(b.slots[0][field]);
});

test('a slot that AES-GCM opens with two keys opens with the one it was made for', async () => {
  const json = jsonOf(await envelopeFor(KEY));
  const cid = Buffer.from(json.cid, 'base64url');
  const salt = Buffer.from(json.slots[0].salt, 'base64url');
  const wrappingKey = ({ key }: { key: Uint8Array }) =>
    hkdf(nodeEngine, { key, salt, info: joinBytes(utf8Bytes('cairn-seal/1 key slot\0'), cid), size: 32 });
  const [nonce, first, second] = [new Uint8Array(12), wrappingKey(KEY), wrappingKey(OTHER_KEY)];
  const wrapped = twoKeyCiphertext({ key: first, nonce }, { key: second, nonce }, 2);
  for (const key of [first, second]) {
    expect(nodeEngine.cipher(key).open(nonce, wrapped, new Uint8Array(32))).toBe(true);
  }
  json.slots[0].wrap = Buffer.from(wrapped).toString('base64url');
  await expectCode(openEnvelope(nodeEngine, bytesOf(json), OTHER_KEY), 'wrong-key');
  await expectCode(openEnvelope(nodeEngine, bytesOf(json), KEY), 'tampered');
});

describe('no field can be altered', () => {
  test('not one byte', async () => {
    // Only the key slot, so that opening takes no scrypt.
    const small = await envelopeFor(KEY);
    for (let i = 0; i < small.length; i++) {
      const changed = small.slice();
      changed[i]! ^= 1;
      await expectCode(
        openEnvelope(nodeEngine, changed, KEY),
        'format',
        'limits',
        'unsupported',
        'wrong-key',
        'tampered',
      );
    }
  });

  test('what the check value does not cover is tampered with', async () => {
    const other = jsonOf(await envelopeFor(KEY));
    for (const change of [{ cmt: other.cmt }, { mac: other.mac }, { rev: 1 }, { seg: 19 }]) {
      await expectCode(
        openEnvelope(nodeEngine, bytesOf({ ...jsonOf(envelope), ...change }), KEY),
        'tampered',
      );
    }
  });

  test('a slot that unwraps to another data key is tampered with', async () => {
    const json = jsonOf(envelope);
    json.slots[0].wrap = jsonOf(await envelopeFor(KEY)).slots[0].wrap;
    await expectCode(openEnvelope(nodeEngine, bytesOf(json), KEY), 'tampered');
  });

  test('a commitment to another data key is tampered with, even under a MAC that holds', async () => {
    const parsed = parseEnvelope(envelope);
    const { keys } = await unwrapEnvelope(nodeEngine, parsed, KEY);
    const forged = authenticated(nodeEngine, keys, { ...parsed, commitment: new Uint8Array(32) });
    await expectCode(openEnvelope(nodeEngine, forged, KEY), 'tampered');
  });

  test('another domain id makes every secret wrong', async () => {
    const changed = bytesOf({ ...jsonOf(envelope), cid: jsonOf(await envelopeFor(KEY)).cid });
    await expectCode(openEnvelope(nodeEngine, changed, KEY), 'wrong-key');
  });

  test('slots reordered, removed, doubled or foreign', async () => {
    const [key, passphrase] = jsonOf(envelope).slots;
    const [foreign] = jsonOf(await envelopeFor(OTHER_KEY)).slots;
    for (const slots of [[passphrase, key], [key], [key, key, passphrase], [key, passphrase, foreign]]) {
      await expectCode(openEnvelope(nodeEngine, bytesOf({ ...jsonOf(envelope), slots }), KEY), 'tampered');
    }
  });
});

test('limits hold when an envelope is made', async () => {
  const make = (logN: number) => createEnvelope(nodeEngine, { secrets: [PASSPHRASE], logN });
  for (const logN of [13, 21]) await expectCode(make(logN), 'limits');
  await expectCode(createEnvelope(nodeEngine, { secrets: [] }), 'limits');
  await expectCode(createEnvelope(nodeEngine, { secrets: [KEY], segmentLog2: 13 }), 'limits');
  await expectCode(
    createEnvelope(nodeEngine, { secrets: [{ kind: 'key', key: new Uint8Array(31) }] }),
    'invalid',
  );
});

test('no error says what the secret was', async () => {
  const error = await openEnvelope(nodeEngine, envelope, OTHER_PASSPHRASE).catch((thrown: unknown) => thrown);
  expect(String(error) + JSON.stringify(error) + (error as Error).stack).not.toContain('battery');
});
