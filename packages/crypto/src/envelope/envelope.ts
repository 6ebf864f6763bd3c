/** An envelope that was parsed. Nothing of it is known to be true before it was opened. */
export interface Envelope {
  readonly cid: Uint8Array;
  readonly commitment: Uint8Array;
  readonly segmentLog2: number;
  /** How often it was rewritten. */
  readonly revision: number;
  readonly slots: readonly Slot[];
  readonly mac: Uint8Array;
}

/** What a slot is for, and what trying it costs. */
export type SlotHead = { readonly kind: 'key' } | { readonly kind: 'passphrase'; readonly logN: number };

export type Slot = SlotHead & SlotBody;

export interface SlotBody {
  readonly salt: Uint8Array;
  /** Says whether a secret is the slot's, before anything is unwrapped. */
  readonly check: Uint8Array;
  /** The data key, sealed. */
  readonly wrapped: Uint8Array;
}
