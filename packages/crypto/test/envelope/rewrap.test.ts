import { beforeAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../src/engines/node.ts';
import { encodeEnvelope, parseEnvelope } from '../../src/envelope/envelope-json.ts';
import { openEnvelope } from '../../src/envelope/open-envelope.ts';
import { addSlot, removeSlot, replaceSecret } from '../../src/envelope/rewrap.ts';
import type { Secret } from '../../src/keys/secret.ts';
import { openStream } from '../../src/stream/open-stream.ts';
import { sealStream } from '../../src/stream/seal-stream.ts';
import { chunked, collected, expectBytes, expectCode, noise } from '../bytes.ts';
import { envelopeFor, KEY, LOG_N, OTHER_KEY, OTHER_PASSPHRASE, PASSPHRASE } from './envelopes.ts';

const CONTEXT = { kind: 'object', id: 'a' } as const;
const PLAINTEXT = noise(1000);

let envelope: Uint8Array;
let sealed: Uint8Array;

beforeAll(async () => {
  envelope = await envelopeFor(KEY, PASSPHRASE);
  const { domain } = await openEnvelope(nodeEngine, envelope, KEY);
  sealed = await collected(sealStream(domain.stream(CONTEXT), chunked(PLAINTEXT)).chunks);
});

async function expectOpens(bytes: Uint8Array, secret: Secret): Promise<void> {
  const { domain } = await openEnvelope(nodeEngine, bytes, secret);
  expectBytes(await collected(openStream(domain.stream(CONTEXT), chunked(sealed))), PLAINTEXT);
}

test('an added slot opens what was sealed before, and the others still do', async () => {
  const added = await addSlot(nodeEngine, { envelope, secret: KEY }, OTHER_PASSPHRASE, LOG_N);
  for (const secret of [KEY, PASSPHRASE, OTHER_PASSPHRASE]) await expectOpens(added, secret);
  expect(parseEnvelope(added)).toMatchObject({ revision: 1, cid: parseEnvelope(envelope).cid });
});

test('a removed slot opens no more, and the others still do', async () => {
  const removed = await removeSlot(nodeEngine, { envelope, secret: KEY }, 1);
  await expectOpens(removed, KEY);
  await expectCode(openEnvelope(nodeEngine, removed, PASSPHRASE), 'wrong-key');
});

test('a changed passphrase takes the place of the old one, under a new salt', async () => {
  const changed = await replaceSecret(nodeEngine, { envelope, secret: PASSPHRASE }, OTHER_PASSPHRASE, LOG_N);
  await expectOpens(changed, OTHER_PASSPHRASE);
  await expectOpens(changed, KEY);
  await expectCode(openEnvelope(nodeEngine, changed, PASSPHRASE), 'wrong-key');
  const [before, after] = [parseEnvelope(envelope).slots, parseEnvelope(changed).slots];
  expect(after[0]).toEqual(before[0]);
  expect(after[1]?.salt).not.toEqual(before[1]?.salt);
});

test('the old envelope still opens with the old secret: rewriting revokes nothing', async () => {
  await replaceSecret(nodeEngine, { envelope, secret: PASSPHRASE }, OTHER_PASSPHRASE, LOG_N);
  await expectOpens(envelope, PASSPHRASE);
});

test('a slot of an old envelope does not fit into a new one', async () => {
  const removed = parseEnvelope(await removeSlot(nodeEngine, { envelope, secret: KEY }, 1));
  const mixed = encodeEnvelope({ ...removed, slots: parseEnvelope(envelope).slots });
  await expectCode(openEnvelope(nodeEngine, mixed, PASSPHRASE), 'tampered');
});

describe('rewriting is refused', () => {
  test('with a secret that does not open', async () => {
    await expectCode(addSlot(nodeEngine, { envelope, secret: OTHER_KEY }, OTHER_KEY), 'wrong-key');
  });

  test('for a slot that is not there, and for the last one', async () => {
    await expectCode(removeSlot(nodeEngine, { envelope, secret: KEY }, 2), 'invalid');
    await expectCode(removeSlot(nodeEngine, { envelope, secret: KEY }, -1), 'invalid');
    const single = await envelopeFor(KEY);
    await expectCode(removeSlot(nodeEngine, { envelope: single, secret: KEY }, 0), 'invalid');
  });

  test('beyond the limits, before the work is done', async () => {
    await expectCode(addSlot(nodeEngine, { envelope, secret: KEY }, OTHER_PASSPHRASE, 30), 'limits');
    const full = await envelopeFor(...Array.from({ length: 16 }, () => KEY));
    await expectCode(addSlot(nodeEngine, { envelope: full, secret: KEY }, OTHER_KEY), 'limits');
  });
});
