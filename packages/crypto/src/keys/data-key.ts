import { wipe } from '../bytes/secret-bytes.ts';
import { utf8Bytes } from '../bytes/text.ts';
import type { Engine } from '../engines/engine.ts';
import { LABELS } from '../labels.ts';
import { hkdf } from './hkdf.ts';

/** Bytes of a data key, and of everything wrapped or derived with it except the MAC. */
export const DATA_KEY_SIZE = 32;
/** Bytes of a key domain's id. */
export const CID_SIZE = 32;
export const COMMITMENT_SIZE = 32;

/** What is derived from a data key. */
export interface DataKeys {
  /** Public: fixes which data key an envelope can hold. */
  readonly commitment: Uint8Array;
  readonly macKey: Uint8Array;
  readonly streamKey: Uint8Array;
}

/** HKDF-SHA-512 over the data key, salted with the domain's id, once per label. */
export function deriveDataKeys(engine: Engine, dataKey: Uint8Array, cid: Uint8Array): DataKeys {
  const derive = (label: string) =>
    hkdf(engine, { key: dataKey, salt: cid, info: utf8Bytes(label), size: DATA_KEY_SIZE });
  return {
    commitment: derive(LABELS.commitment),
    macKey: derive(LABELS.mac),
    streamKey: derive(LABELS.stream),
  };
}

export function wipeDataKeys(keys: DataKeys): void {
  wipe(keys.macKey, keys.streamKey);
}
