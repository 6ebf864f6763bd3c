import { wipe } from '../bytes/secret-bytes.ts';
import type { Engine } from '../engines/engine.ts';
import { KeyDomain } from '../keys/key-domain.ts';
import type { Secret } from '../keys/secret.ts';
import { unwrapEnvelope } from './data-key-envelope.ts';
import { parseEnvelope } from './envelope-json.ts';

export interface OpenedEnvelope {
  readonly domain: KeyDomain;
  /** Which slot the secret opened, from 0. */
  readonly slot: number;
}

/**
 * Opens the bytes of an envelope with one secret. Throws `format`, `limits`, `unsupported`, `wrong-key` or
 * `tampered`, the first three before any key derivation.
 */
export async function openEnvelope(
  engine: Engine,
  bytes: Uint8Array,
  secret: Secret,
): Promise<OpenedEnvelope> {
  const envelope = parseEnvelope(bytes);
  const { dataKey, keys, slot } = await unwrapEnvelope(engine, envelope, secret);
  wipe(dataKey, keys.macKey);
  return { domain: new KeyDomain(engine, envelope.cid, envelope.segmentLog2, keys.streamKey), slot };
}
