import { cidText, type KeyDomain, parseEnvelope } from '@cairn/crypto';
import type { Repository } from '@cairn/store';
import { asCairnError, CairnError, openingOf } from '../errors.ts';
import type { NamedKey } from '../keys/keyring.ts';
import type { Encryption, Unlock } from '../keys/unlock.ts';
import { readMain } from '../models/main-branch.ts';
import type { Registry } from '../registry/registry.ts';
import type { VersionTarget } from '../versions/version-repository.ts';
import { type CurrentDomain, currentDomain } from './current-domain.ts';
import { rewrittenEnvelope } from './envelopes.ts';
import { makeDomain, type NewDomain } from './new-domain.ts';
import { openWith } from './open-envelope.ts';

// Modules of this folder import @cairn/crypto as it is; whatever is not in this folder imports them by
// `await import('../sealing/…')` or as types, so that what seals and opens nothing does not load the cryptography.

/**
 * Opens the key domain of a sealed version, by its envelope as it was last rewritten on `main`, else by the one in the
 * version, which is given. Throws `wrong-key`, `damaged`, `hostile` or `unsupported`. Close it after use.
 */
export async function openDomain(
  repository: Repository,
  { model, version }: VersionTarget,
  envelope: Uint8Array,
  unlock: Unlock,
): Promise<KeyDomain> {
  const what = `${model}@${version}`;
  const { cid } = await openingOf(what, async () => parseEnvelope(envelope));
  const rewritten = await rewrittenEnvelope(repository, model, cidText(cid));
  return (await openWith(rewritten ?? envelope, unlock, what)).domain;
}

/** What a version is sealed under. */
export interface SealingDomain {
  /** For the caller to close. */
  readonly domain: KeyDomain;
  /** The bytes of `envelope.json`. */
  readonly envelope: Uint8Array;
  /** Made for this version, and written already. */
  readonly newKey: NamedKey | null;
  /**
   * Looks once more whether the domain is still the model's, right before the version's ref is written, while the
   * writer's lease is held. Throws `conflict` when whoever made it took it back meanwhile.
   */
  checkStillThere(): Promise<void>;
  /**
   * Removes what was made for this version, when it does not come to be and nobody else uses it. Not while holding a
   * writer's lease.
   */
  takeBack(): Promise<void>;
}

/** What is to be sealed, and how. */
export interface Sealing {
  readonly model: string;
  readonly encryption: Encryption;
}

/**
 * The model's current key domain, opened with the secret of the encryption, or a new one. A new one is on `main` at
 * once, so that others who seal at the same time use it too. Not while holding a writer's lease. Throws `wrong-key`
 * when the secret does not open the current one.
 */
export async function domainToSeal(
  repository: Repository,
  registry: Registry,
  { model, encryption }: Sealing,
): Promise<SealingDomain> {
  const found = await findCurrent(repository, registry, model);
  if (found) return openCurrent(repository, found, { model, encryption });
  const made = await makeDomain(repository, registry, { model, encryption, replaces: undefined });
  if (made) return newDomain(repository, made, model);
  // Another process was first: what it has made is on main by now, and its key in the keyring.
  const others = await findCurrent(repository, registry, model);
  if (others) return openCurrent(repository, others, { model, encryption });
  throw new CairnError('conflict', `the key domain of ${model} was made and taken back at the same time`, {
    hint: 'try again',
  });
}

async function findCurrent(
  repository: Repository,
  registry: Registry,
  model: string,
): Promise<CurrentDomain | null> {
  const main = await readMain(repository, model);
  return currentDomain({ repository, registry, model, main });
}

async function openCurrent(
  repository: Repository,
  { cid, envelope, onMain }: CurrentDomain,
  { model, encryption }: Sealing,
): Promise<SealingDomain> {
  const what = `what ${model} is sealed under`;
  const { domain } = await openWith(envelope, unlockOf(encryption), what).catch((error) => {
    throw notTheModels(error, model);
  });
  return {
    domain,
    envelope,
    newKey: null,
    checkStillThere: () => (onMain ? checkOnMain(repository, model, cid) : Promise.resolve()),
    takeBack: async () => {},
  };
}

function newDomain(repository: Repository, made: NewDomain, model: string): SealingDomain {
  const { domain, envelope, newKey, cid } = made;
  return {
    domain,
    envelope,
    newKey,
    checkStillThere: () => checkOnMain(repository, model, cid),
    takeBack: () => made.takeBack(),
  };
}

/** What opens a domain that was made with an encryption. */
export function unlockOf(encryption: Encryption): Unlock {
  if (encryption.kind === 'auto') return { keyring: encryption.keyring };
  return { secret: encryption };
}

async function checkOnMain(repository: Repository, model: string, cid: string): Promise<void> {
  const { keys } = await readMain(repository, model);
  if (keys.has(cid)) return;
  throw new CairnError('conflict', `the key domain of ${model} was taken back while this was sealed`, {
    hint: 'try again',
    data: { model, cid },
  });
}

function notTheModels(error: unknown, model: string): unknown {
  const known = asCairnError(error);
  if (known.code !== 'wrong-key') return error;
  return new CairnError('wrong-key', known.message, {
    hint:
      `all versions of ${model} share one key: see what opens it with \`cairn key access ${model}\`, and seal with ` +
      `that; or begin anew with \`cairn key rotate ${model}\``,
    data: { model },
    cause: error,
  });
}
