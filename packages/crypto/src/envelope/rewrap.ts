import type { Engine } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';
import type { Secret } from '../keys/secret.ts';
import { authenticated, unwrapEnvelope, wipeUnwrapped } from './data-key-envelope.ts';
import type { Envelope, Slot } from './envelope.ts';
import { parseEnvelope } from './envelope-json.ts';
import { slotHead, wrapSlot } from './slots.ts';
import { checkWorkBudget, LOG_N } from './work-budget.ts';

/** An envelope to rewrite, and a secret that opens it. */
export interface Rewrap {
  readonly envelope: Uint8Array;
  readonly secret: Secret;
}

/**
 * The envelope with one more slot, for `added`.
 *
 * Like every rewriting here it leaves the data key and all that is sealed as they are, and it revokes
 * nothing: whoever has the old envelope opens it with the old secret. Throws what opening throws.
 */
export function addSlot(engine: Engine, rewrap: Rewrap, added: Secret, logN = LOG_N): Promise<Uint8Array> {
  return rewritten(engine, rewrap, logN, (envelope) => [...envelope.slots, added]);
}

/** The envelope without one of its slots. Throws `invalid` when there is no such slot, or no other. */
export function removeSlot(engine: Engine, rewrap: Rewrap, index: number): Promise<Uint8Array> {
  return rewritten(engine, rewrap, LOG_N, ({ slots }) => {
    if (slots[index] === undefined) {
      throw new CryptoError('invalid', `envelope: expected a slot below ${slots.length}, got ${index}`);
    }
    if (slots.length === 1) {
      throw new CryptoError('invalid', 'envelope: its last slot cannot be removed', {
        hint: 'add another slot first',
      });
    }
    return slots.filter((_, i) => i !== index);
  });
}

/** The envelope with `replacement` in the place of the secret that opens it: a changed passphrase, or another key. */
export function replaceSecret(
  engine: Engine,
  rewrap: Rewrap,
  replacement: Secret,
  logN = LOG_N,
): Promise<Uint8Array> {
  return rewritten(engine, rewrap, logN, ({ slots }, opened) =>
    slots.map((slot, i) => (i === opened ? replacement : slot)),
  );
}

/** Slots to keep, and secrets that get a new one. */
type Change = (envelope: Envelope, openedSlot: number) => readonly (Slot | Secret)[];

async function rewritten(
  engine: Engine,
  { envelope: bytes, secret }: Rewrap,
  logN: number,
  change: Change,
): Promise<Uint8Array> {
  const envelope = parseEnvelope(bytes);
  const unwrapped = await unwrapEnvelope(engine, envelope, secret);
  try {
    const changed = change(envelope, unwrapped.slot);
    checkWorkBudget(
      envelope.segmentLog2,
      changed.map((item) => (isSlot(item) ? item : slotHead(item, logN))),
    );
    const slots: Slot[] = [];
    for (const item of changed) {
      slots.push(
        isSlot(item) ? item : await wrapSlot({ engine, cid: envelope.cid }, unwrapped.dataKey, item, logN),
      );
    }
    return authenticated(engine, unwrapped.keys, { ...envelope, slots, revision: envelope.revision + 1 });
  } finally {
    wipeUnwrapped(unwrapped);
  }
}

function isSlot(item: Slot | Secret): item is Slot {
  return 'wrapped' in item;
}
