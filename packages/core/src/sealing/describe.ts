import { cidText, type Slot } from '@cairn/crypto';
import type { Repository } from '@cairn/store';
import type { Unlock } from '../keys/unlock.ts';
import type { VersionFileEntry } from '../schema/version.ts';
import type { StoredVersion, VersionTarget } from '../versions/version-repository.ts';
import { currentEnvelope } from './current-envelope.ts';
import { nameInKeys, openSealedVersion } from './open-version.ts';
import { sealedFiles } from './sealed-files.ts';

/** What is known of a sealed version, beyond what is said of any. */
export interface Sealing {
  /** Id of its key domain. Public. */
  readonly keyDomain: string;
  /** What opens it: one slot for each key and passphrase. */
  readonly slots: readonly SealingSlot[];
  /** How often the slots were rewritten. */
  readonly revision: number;
  /** What it was called when it was sealed; the model may have been renamed since. */
  readonly sealedAs: { readonly model: string; readonly version: string };
  /** What it holds; `null` unless it was opened. */
  readonly contents: SealedContents | null;
}

export interface SealingSlot {
  readonly kind: 'key' | 'passphrase';
  /** log2 of the cost of one guess, in scrypt's N; `null` for a key. */
  readonly logN: number | null;
}

export interface SealedContents {
  /** The text of the package's `manifest.json`; `null` where none is sealed with it. */
  readonly manifest: string | null;
  readonly files: readonly VersionFileEntry[];
}

/** Describes how a version is sealed, and what it holds when there is something to open it with. */
export async function describeSealing(
  repository: Repository,
  { target, stored }: { readonly target: VersionTarget; readonly stored: StoredVersion },
  unlock: Unlock | undefined,
): Promise<Sealing> {
  const sealed = await sealedFiles(repository, target, stored);
  const { parsed } = await currentEnvelope(repository, target.model, sealed);
  return {
    keyDomain: cidText(parsed.cid),
    slots: parsed.slots.map(slotFacts),
    revision: parsed.revision,
    sealedAs: nameInKeys(stored),
    contents: unlock === undefined ? null : await contentsOf(repository, { target, stored }, unlock),
  };
}

function slotFacts(slot: Slot): SealingSlot {
  return { kind: slot.kind, logN: slot.kind === 'passphrase' ? slot.logN : null };
}

async function contentsOf(
  repository: Repository,
  { target, stored }: { readonly target: VersionTarget; readonly stored: StoredVersion },
  unlock: Unlock,
): Promise<SealedContents> {
  await using opened = await openSealedVersion(repository, target, stored, unlock);
  return { manifest: opened.manifest.package, files: opened.files };
}
