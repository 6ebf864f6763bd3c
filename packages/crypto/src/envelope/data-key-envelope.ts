import { equalBytes, wipe } from '../bytes/secret-bytes.ts';
import type { Engine } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';
import { type DataKeys, deriveDataKeys, wipeDataKeys } from '../keys/data-key.ts';
import type { Secret } from '../keys/secret.ts';
import type { Envelope } from './envelope.ts';
import { authenticatedBytes, encodeEnvelope } from './envelope-json.ts';
import { unwrapSlot } from './slots.ts';

/** An envelope that was opened. Whoever gets it zeroes the keys. */
export interface Unwrapped {
  readonly dataKey: Uint8Array;
  readonly keys: DataKeys;
  /** Which slot the secret opened. */
  readonly slot: number;
}

/** Opens an envelope, in the order slot check, unwrap, commitment, MAC. Throws `wrong-key` or `tampered`. */
export async function unwrapEnvelope(engine: Engine, envelope: Envelope, secret: Secret): Promise<Unwrapped> {
  const { dataKey, slot } = await unwrapAnySlot(engine, envelope, secret);
  const keys = deriveDataKeys(engine, dataKey, envelope.cid);
  if (
    equalBytes(keys.commitment, envelope.commitment) &&
    equalBytes(macOf(engine, keys, envelope), envelope.mac)
  ) {
    return { dataKey, keys, slot };
  }
  wipeUnwrapped({ dataKey, keys, slot });
  throw new CryptoError('tampered', 'envelope: damaged or altered', {
    hint: 'take the envelope from another copy of the container',
  });
}

/** The bytes of an envelope, with the MAC that its data key gives it. */
export function authenticated(engine: Engine, keys: DataKeys, envelope: Omit<Envelope, 'mac'>): Uint8Array {
  return encodeEnvelope({ ...envelope, mac: macOf(engine, keys, envelope) });
}

export function wipeUnwrapped({ dataKey, keys }: Unwrapped): void {
  wipe(dataKey);
  wipeDataKeys(keys);
}

async function unwrapAnySlot(
  engine: Engine,
  envelope: Envelope,
  secret: Secret,
): Promise<{ readonly dataKey: Uint8Array; readonly slot: number }> {
  for (const [slot, candidate] of envelope.slots.entries()) {
    const dataKey = await unwrapSlot({ engine, cid: envelope.cid }, candidate, secret);
    if (dataKey !== null) return { dataKey, slot };
  }
  throw wrongKey(envelope, secret);
}

function wrongKey(envelope: Envelope, secret: Secret): CryptoError {
  const what = secret.kind === 'key' ? 'key' : 'passphrase';
  if (envelope.slots.some((slot) => slot.kind === secret.kind)) {
    return new CryptoError('wrong-key', `envelope: the ${what} opens none of its slots`);
  }
  const other = secret.kind === 'key' ? 'passphrase' : 'key file';
  return new CryptoError('wrong-key', `envelope: no slot is for a ${what}`, {
    hint: `it opens with a ${other}`,
  });
}

function macOf(engine: Engine, keys: DataKeys, envelope: Omit<Envelope, 'mac'>): Uint8Array {
  return engine.hmacSha512(keys.macKey, authenticatedBytes(envelope));
}
