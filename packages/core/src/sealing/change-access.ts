import { addSlot, removeSlot, type Secret } from '@cairn/crypto';
import { nodeEngine } from '@cairn/crypto/node';
import type { Repository } from '@cairn/store';
import { asCairnError, CairnError, openingOf } from '../errors.ts';
import type { AccessChange, GrantOptions, RevokeOptions } from '../keys/model-access.ts';
import type { Unlock } from '../keys/unlock.ts';
import { editMain, type MainBranch, readMain } from '../models/main-branch.ts';
import type { Registry } from '../registry/registry.ts';
import { currentDomain } from './current-domain.ts';
import { modelDomains } from './domains.ts';
import { findEnvelope } from './envelopes.ts';
import { openOrNull, openWith } from './open-envelope.ts';

/** Where access is changed. */
export interface AccessPlace {
  readonly repository: Repository;
  readonly registry: Registry;
  readonly model: string;
}

/** Adds a slot for a secret to the model's current key domain, or to all of them. */
export function grant(place: AccessPlace, { unlock, secret, all }: GrantOptions): Promise<AccessChange> {
  return changeEach(
    place,
    { all: all ?? false, verb: 'grant access to', unchanged: alreadyGranted },
    async (now) => {
      const known = await openOrNull(now.envelope, secret, now.what);
      known?.domain.close();
      if (known) return null;
      return rewritten(now, unlock, (rewrap) => addSlot(nodeEngine, rewrap, secret));
    },
  );
}

/** Removes a slot: the one of that number from the current key domain, or that of a secret, also from all of them. */
export function revoke(place: AccessPlace, options: RevokeOptions): Promise<AccessChange> {
  const all = options.all ?? false;
  if ('slot' in options && options.slot !== undefined && all) {
    throw new CairnError('invalid', 'a slot has its number in one key domain, and not in all of them', {
      hint: 'name the key or the passphrase whose slots are to go',
    });
  }
  const steady = options.slot !== undefined;
  return changeEach(
    place,
    { all, steady, verb: 'revoke access to', unchanged: neverGranted },
    async (now) => {
      const index = options.slot === undefined ? await slotOf(now, options.secret) : options.slot - 1;
      if (index === null) return null;
      return rewritten(now, options.unlock, (rewrap) => removeSlot(nodeEngine, rewrap, index));
    },
  );
}

/** An envelope as it is now, which is to be rewritten. */
interface EnvelopeNow {
  readonly envelope: Uint8Array;
  /** What messages call it. */
  readonly what: string;
}

async function slotOf({ envelope, what }: EnvelopeNow, secret: Secret): Promise<number | null> {
  const opened = await openOrNull(envelope, secret, what);
  opened?.domain.close();
  return opened?.slot ?? null;
}

async function rewritten(
  { envelope, what }: EnvelopeNow,
  unlock: Unlock,
  rewrite: (rewrap: { readonly envelope: Uint8Array; readonly secret: Secret }) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { domain, secret } = await openWith(envelope, unlock, what);
  domain.close();
  try {
    return await openingOf(what, () => rewrite({ envelope, secret }));
  } catch (error) {
    // The envelope was within its limits before: what would leave them is the slot to add.
    if (asCairnError(error).code !== 'hostile') throw error;
    throw new CairnError('refused', `${what} has no room for this slot: 16 at most, 4 of them passphrases`, {
      hint: 'revoke another first',
      cause: error,
    });
  }
}

interface Change {
  readonly all: boolean;
  /** Gives up when somebody else rewrites the envelope at the same time: then slots have other numbers. */
  readonly steady?: boolean;
  /** For the commit. */
  readonly verb: string;
  /** What to say when the model's one domain needs no change. */
  readonly unchanged: (model: string) => CairnError;
}

type Rewrite = (now: EnvelopeNow) => Promise<Uint8Array | null>;

async function changeEach(place: AccessPlace, change: Change, rewrite: Rewrite): Promise<AccessChange> {
  const cids = await cidsToChange(place, change.all);
  const changed: string[] = [];
  const unchanged: string[] = [];
  const notOpened: { readonly cid: string; readonly error: unknown }[] = [];
  for (const cid of cids) {
    try {
      ((await changeOne(place, { ...change, cid }, rewrite)) ? changed : unchanged).push(cid);
    } catch (error) {
      if (asCairnError(error).code !== 'wrong-key' || !change.all) throw error;
      notOpened.push({ cid, error });
    }
  }
  if (changed.length + unchanged.length === 0) throw notOpened[0]!.error;
  if (changed.length === 0 && notOpened.length === 0) throw change.unchanged(place.model);
  return { changed, unchanged, notOpened: notOpened.map(({ cid }) => cid) };
}

async function cidsToChange({ repository, registry, model }: AccessPlace, all: boolean): Promise<string[]> {
  const envelopes = { repository, registry, model, main: await readMain(repository, model) };
  const current = all ? null : await currentDomain(envelopes);
  const cids = all ? (await modelDomains(envelopes)).map(({ cid }) => cid) : current ? [current.cid] : [];
  if (cids.length > 0) return cids;
  throw new CairnError('not-found', `nothing of ${model} is sealed, so that there is no key to it`, {
    hint: `\`cairn key rotate ${model}\` makes one for the versions to come`,
    data: { model },
  });
}

/** Others who rewrite the same envelope are rare, and each of them is waited for once. */
const TRIES_MAX = 10;

/** Rewrites one envelope on top of whatever others wrote meanwhile; false when it needs no change. */
async function changeOne(
  { repository, registry, model }: AccessPlace,
  { cid, verb, steady }: Change & { readonly cid: string },
  rewrite: Rewrite,
): Promise<boolean> {
  for (let tries = 1; tries <= (steady ? 1 : TRIES_MAX); tries += 1) {
    const main = await readMain(repository, model);
    const envelope = await findEnvelope({ repository, registry, model, main }, cid);
    if (envelope === null) break;
    const next = await rewrite({ envelope, what: `what ${model} is sealed under` });
    if (next === null) return false;
    let written = false;
    const change = ({ document, card, keys }: MainBranch) => {
      written = keys.get(cid) === main.keys.get(cid);
      return written ? { document, card, keys: new Map([[cid, next]]) } : null;
    };
    await editMain(repository, registry, { model, message: `${verb} key domain ${cid.slice(0, 8)}`, change });
    if (written) return true;
  }
  throw new CairnError(
    'conflict',
    `the key slots of ${model} were changed by somebody else at the same time`,
    {
      hint: `look at them with \`cairn key access ${model}\`, and try again`,
    },
  );
}

function alreadyGranted(model: string): CairnError {
  return new CairnError('exists', `it opens ${model} already`, {
    hint: `see what does with \`cairn key access ${model}\``,
  });
}

function neverGranted(model: string): CairnError {
  return new CairnError('not-found', `it opens no slot of ${model}`, {
    hint: `see what does with \`cairn key access ${model}\``,
  });
}
