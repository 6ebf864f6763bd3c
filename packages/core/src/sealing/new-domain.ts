import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cidText, createEnvelope, generateKey, type KeyDomain, type Secret } from '@cairn/crypto';
import { nodeEngine } from '@cairn/crypto/node';
import { listLeases, listRefs, type Repository } from '@cairn/store';
import { openingOf } from '../errors.ts';
import { modelKeyName } from '../keys/key-name.ts';
import { checkKeyIsNew, type Keyring, type NamedKey, removeKey, storeKey } from '../keys/keyring.ts';
import type { Encryption } from '../keys/unlock.ts';
import { editMain, type MainBranch, type MainEdit } from '../models/main-branch.ts';
import type { Registry } from '../registry/registry.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';

/** A key domain that was just made, and that `main` names as the model's. */
export interface NewDomain {
  readonly cid: string;
  /** For the caller to close. */
  readonly domain: KeyDomain;
  readonly envelope: Uint8Array;
  /** The key that was made for it, in the keyring of the encryption. */
  readonly newKey: NamedKey | null;
  /** Removes it and its key again, unless somebody else may be using it by now. */
  takeBack(): Promise<void>;
}

export interface DomainToMake {
  readonly model: string;
  readonly encryption: Encryption;
  /** What `model.json` named before; `undefined` for a model without a key domain. */
  readonly replaces: string | undefined;
}

/**
 * Makes a key domain and names it as the model's on `main`; `null`, with nothing left behind, when another was named
 * there meanwhile. Its key is on the disk before anything is sealed for it.
 */
export async function makeDomain(
  repository: Repository,
  registry: Registry,
  { model, encryption, replaces }: DomainToMake,
): Promise<NewDomain | null> {
  const place = { repository, registry, model };
  const tags = tagNames(repository);
  const material = await newMaterial(model, encryption);
  try {
    if (!(await nameOnMain(place, material, replaces))) {
      await discard(material);
      return null;
    }
  } catch (error) {
    await discard(material);
    throw error;
  }
  return { ...material, takeBack: () => takeBack(place, material, { tags, replaces }) };
}

/** Where a domain is named. */
interface Place {
  readonly repository: Repository;
  readonly registry: Registry;
  readonly model: string;
}

interface Material {
  readonly cid: string;
  readonly domain: KeyDomain;
  readonly envelope: Uint8Array;
  readonly newKey: NamedKey | null;
  readonly keyring: Keyring | null;
}

async function newMaterial(model: string, encryption: Encryption): Promise<Material> {
  if (encryption.kind !== 'auto') return { ...(await newEnvelope(encryption)), newKey: null, keyring: null };
  const key = generateKey(nodeEngine);
  const { keyring } = encryption;
  const made = await newEnvelope({ kind: 'key', key });
  const name = modelKeyName(model, made.domain.cid);
  await checkKeyIsNew(keyring, name);
  return { ...made, newKey: await storeKey(keyring, name, key), keyring };
}

async function newEnvelope(secret: Secret): Promise<Pick<Material, 'cid' | 'domain' | 'envelope'>> {
  const { envelope, domain } = await openingOf('a new envelope', () =>
    createEnvelope(nodeEngine, { secrets: [secret] }),
  );
  return { cid: cidText(domain.cid), domain, envelope };
}

async function nameOnMain(
  { repository, registry, model }: Place,
  { cid, envelope }: Material,
  replaces: string | undefined,
): Promise<boolean> {
  let named = false;
  const change = ({ document, card }: MainBranch): MainEdit | null => {
    named = document.keyDomain === replaces;
    if (!named) return null;
    return { document: { ...document, keyDomain: cid }, card, keys: new Map([[cid, envelope]]) };
  };
  await editMain(repository, registry, { model, message: `begin key domain ${cid.slice(0, 8)}`, change });
  return named;
}

async function discard({ domain, newKey, keyring }: Material): Promise<void> {
  domain.close();
  if (newKey && keyring) await removeKey(keyring, newKey.name);
}

interface Before {
  readonly tags: string;
  readonly replaces: string | undefined;
}

/**
 * Whoever seals under a domain holds a writer's lease, and looks on `main` right before the version is there. So once
 * the domain is gone from `main`, with no lease and no new version to be seen before and after, nobody ever uses it.
 */
async function takeBack(place: Place, material: Material, { tags, replaces }: Before): Promise<void> {
  const { repository, registry, model } = place;
  const isUnused = () => tagNames(repository) === tags && !hasWriters(repository);
  if (existsSync(repository.gitDir)) {
    let removed = false;
    const change = ({ document, card }: MainBranch): MainEdit | null => {
      removed = document.keyDomain === material.cid && isUnused();
      return removed
        ? { document: renamed(document, replaces), card, keys: new Map([[material.cid, null]]) }
        : null;
    };
    const message = `take back key domain ${material.cid.slice(0, 8)}`;
    await editMain(repository, registry, { model, message, change });
    if (!removed || !isUnused()) return;
  }
  await discard(material);
}

function renamed({ keyDomain: _, ...document }: MainBranch['document'], keyDomain: string | undefined) {
  return keyDomain === undefined ? document : { ...document, keyDomain };
}

function tagNames({ gitDir }: Repository): string {
  return [...listRefs(gitDir, TAG_PREFIX, () => {}).keys()].sort().join('\n');
}

function hasWriters({ gitDir }: Repository): boolean {
  return listLeases(join(gitDir, 'cairn')).some(({ kind, state }) => kind === 'shared' && state !== 'dead');
}
