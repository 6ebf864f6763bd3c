import { utf8Bytes, utf8Text } from '../../src/bytes/text.ts';
import { nodeEngine } from '../../src/engines/node.ts';
import { createEnvelope } from '../../src/envelope/create-envelope.ts';
import type { KeySecret, Secret } from '../../src/keys/secret.ts';
import { counting } from '../bytes.ts';

export const KEY: KeySecret = { kind: 'key', key: counting(32, 7) };
export const OTHER_KEY: KeySecret = { kind: 'key', key: counting(32, 8) };
export const PASSPHRASE: Secret = { kind: 'passphrase', passphrase: 'correct horse' };
export const OTHER_PASSPHRASE: Secret = { kind: 'passphrase', passphrase: 'battery staple' };

/** The least work that is accepted: 2^14. */
export const LOG_N = 14;

export async function envelopeFor(...secrets: Secret[]): Promise<Uint8Array> {
  const { envelope, domain } = await createEnvelope(nodeEngine, { secrets, logN: LOG_N });
  domain.close();
  return envelope;
}

/** The envelope as an object, to be altered. */
// biome-ignore lint/suspicious/noExplicitAny: tests alter it in every way
export function jsonOf(envelope: Uint8Array): any {
  return JSON.parse(utf8Text(envelope)!);
}

/** Canonical bytes of an object whose keys are sorted already. */
export function bytesOf(json: unknown): Uint8Array {
  return utf8Bytes(JSON.stringify(json));
}
