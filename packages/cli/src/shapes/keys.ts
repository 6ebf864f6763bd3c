import type { AccessChange, AccessSlot, DomainAccess, KeyProblem, NamedKey, Rotation } from '@cairn/core';
import { type ProblemJson, problemJson } from './problem.ts';
import { documented } from './shape.ts';

/** A key without its secret, as `--json` prints it. */
export interface KeyJson {
  readonly name: string;
  readonly path: string;
  readonly fingerprint: string;
  readonly createdAt: string;
}

export const KEY_SHAPE = documented<KeyJson>('Key', {
  name: ['string', 'its name'],
  path: ['string', 'absolute path of its file'],
  fingerprint: ['string', 'what the key is recognised by under any name; safe to show'],
  createdAt: ['string', 'when its file was written'],
});

export function keyJson({ name, path, fingerprint, createdAt }: NamedKey): KeyJson {
  return { name, path, fingerprint, createdAt };
}

/** A line of `cairn key ls`, as `--json` prints it. */
export interface KeySummaryJson {
  readonly name: string;
  readonly path: string;
  readonly fingerprint: string | null;
  readonly createdAt: string | null;
  readonly problem: ProblemJson | null;
}

export const KEY_SUMMARY_SHAPE = documented<KeySummaryJson>('KeySummary', {
  name: ['string', 'its name'],
  path: ['string', 'absolute path of its file'],
  fingerprint: ['string \\| null', 'what the key is recognised by under any name; safe to show'],
  createdAt: ['string \\| null', 'when its file was written'],
  problem: [
    '{ code, message, hint } \\| null',
    'why the key cannot be used, and then fingerprint and time are null; null when all is well',
  ],
});

export function keySummaryJson(key: NamedKey): KeySummaryJson {
  return { ...keyJson(key), problem: null };
}

export function keyProblemJson({ name, path, error }: KeyProblem): KeySummaryJson {
  return { name, path, fingerprint: null, createdAt: null, problem: problemJson(error) };
}

/** What `cairn key export` has done, as `--json` prints it. */
export interface ExportedKeyJson {
  readonly name: string;
  readonly file: string;
}

export const EXPORTED_KEY_SHAPE = documented<ExportedKeyJson>('ExportedKey', {
  name: ['string', 'the name of the key'],
  file: ['string', 'absolute path of the new file'],
});

/** What `cairn key rm` has done, as `--json` prints it. */
export interface RemovedKeyJson {
  readonly name: string;
  readonly fingerprint: string | null;
}

export const REMOVED_KEY_SHAPE = documented<RemovedKeyJson>('RemovedKey', {
  name: ['string', 'the name of the key'],
  fingerprint: ['string \\| null', 'what it was recognised by; null for a file that held no key'],
});

/** A key slot, as `--json` prints it. */
export interface AccessSlotJson {
  readonly slot: number;
  readonly kind: string;
  readonly logN: number | null;
  readonly keys: readonly string[];
}

/** What opens a key domain of a model, as `--json` prints it. */
export interface DomainAccessJson {
  readonly keyDomain: string;
  readonly current: boolean;
  readonly revision: number;
  readonly versions: readonly string[];
  readonly slots: readonly AccessSlotJson[];
}

export const DOMAIN_ACCESS_SHAPE = documented<DomainAccessJson>('DomainAccess', {
  keyDomain: ['string', 'the id of the key domain'],
  current: ['boolean', 'whether new versions are sealed under it'],
  revision: ['number', 'how often its envelope was rewritten'],
  versions: ['string[]', 'the versions that are sealed under it, the newest first'],
  slots: ['AccessSlot[]', 'what opens it: slot, kind, logN, keys'],
});

export const ACCESS_SLOT_SHAPE = documented<AccessSlotJson>('AccessSlot', {
  slot: ['number', 'its number, from 1'],
  kind: ['"key" \\| "passphrase"', 'what opens it'],
  logN: [
    'number \\| null',
    'for a passphrase, log2 of scrypt’s N: a guess takes 2^(logN-10) MiB; null for a key',
  ],
  keys: ['string[]', 'the names of your keys that open it'],
});

export function domainAccessJson({
  cid,
  current,
  revision,
  versions,
  slots,
}: DomainAccess): DomainAccessJson {
  return { keyDomain: cid, current, revision, versions: [...versions], slots: slots.map(slotJson) };
}

function slotJson({ slot, kind, logN, keys }: AccessSlot): AccessSlotJson {
  return { slot, kind, logN, keys: [...keys] };
}

/** What `cairn key grant` and `cairn key revoke` have done, as `--json` prints it. */
export interface AccessChangeJson {
  readonly model: string;
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  readonly notOpened: readonly string[];
}

export const ACCESS_CHANGE_SHAPE = documented<AccessChangeJson>('AccessChange', {
  model: ['string', 'the model'],
  changed: ['string[]', 'ids of the key domains whose envelope was rewritten'],
  unchanged: ['string[]', 'those for which there was nothing to do'],
  notOpened: ['string[]', 'those that could not be opened, and stay as they are'],
});

export function accessChangeJson(model: string, change: AccessChange): AccessChangeJson {
  const { changed, unchanged, notOpened } = change;
  return { model, changed: [...changed], unchanged: [...unchanged], notOpened: [...notOpened] };
}

/** What `cairn key rotate` has done, as `--json` prints it. */
export interface RotationJson {
  readonly model: string;
  readonly keyDomain: string;
  readonly newKey: KeyJson | null;
  readonly resealed: readonly string[];
}

export const ROTATION_SHAPE = documented<RotationJson>('Rotation', {
  model: ['string', 'the model'],
  keyDomain: ['string', 'the id of the new key domain'],
  newKey: ['Key \\| null', 'the key that was made for it'],
  resealed: ['string[]', 'the versions that were sealed anew'],
});

export function rotationJson(
  model: string,
  { cid, newKey }: Rotation,
  resealed: readonly string[],
): RotationJson {
  return { model, keyDomain: cid, newKey: newKey && keyJson(newKey), resealed: [...resealed] };
}
