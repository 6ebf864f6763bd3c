import { wipe } from '../bytes/secret-bytes.ts';
import type { Engine } from '../engines/engine.ts';
import { CID_SIZE, DATA_KEY_SIZE, deriveDataKeys } from '../keys/data-key.ts';
import { KeyDomain } from '../keys/key-domain.ts';
import type { Secret } from '../keys/secret.ts';
import { SEGMENT_LOG2 } from '../stream/layout.ts';
import { authenticated } from './data-key-envelope.ts';
import type { Slot } from './envelope.ts';
import { slotHead, wrapSlot } from './slots.ts';
import { checkWorkBudget, LOG_N } from './work-budget.ts';

export interface NewEnvelope {
  /** Each opens the envelope on its own. At least one, at most 16, at most 4 of them passphrases. */
  readonly secrets: readonly Secret[];
  /** log2 of scrypt's N for passphrases; 18 unless given. */
  readonly logN?: number;
  /** log2 of the segment size; 20 unless given. */
  readonly segmentLog2?: number;
}

export interface CreatedEnvelope {
  /** The bytes of `envelope.json`. */
  readonly envelope: Uint8Array;
  readonly domain: KeyDomain;
}

/** Makes a key domain: a random data key, and an envelope that each of the secrets opens. Throws `limits`. */
export async function createEnvelope(engine: Engine, options: NewEnvelope): Promise<CreatedEnvelope> {
  const { secrets, logN = LOG_N, segmentLog2 = SEGMENT_LOG2 } = options;
  checkWorkBudget(
    segmentLog2,
    secrets.map((secret) => slotHead(secret, logN)),
  );
  const cid = engine.randomBytes(CID_SIZE);
  const dataKey = engine.randomBytes(DATA_KEY_SIZE);
  try {
    const slots: Slot[] = [];
    for (const secret of secrets) slots.push(await wrapSlot({ engine, cid }, dataKey, secret, logN));
    const keys = deriveDataKeys(engine, dataKey, cid);
    const head = { cid, commitment: keys.commitment, segmentLog2, revision: 0, slots };
    const envelope = authenticated(engine, keys, head);
    wipe(keys.macKey);
    return { envelope, domain: new KeyDomain(engine, cid, segmentLog2, keys.streamKey) };
  } finally {
    wipe(dataKey);
  }
}
