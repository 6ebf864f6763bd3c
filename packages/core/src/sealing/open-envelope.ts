import { type Envelope, type KeyDomain, openEnvelope, parseEnvelope, type Secret } from '@cairn/crypto';
import { nodeEngine } from '@cairn/crypto/node';
import { asCairnError, CairnError, openingOf } from '../errors.ts';
import { examineKeyring, type Keyring, readKey } from '../keys/keyring.ts';
import type { Unlock } from '../keys/unlock.ts';

/** An envelope that was opened, and what with. */
export interface Opened {
  /** For the caller to close. */
  readonly domain: KeyDomain;
  /** Which slot the secret opened, from 0. */
  readonly slot: number;
  readonly secret: Secret;
  /** The name of the key, when it is one of the keyring. */
  readonly keyName: string | null;
}

/**
 * Opens an envelope in the order of {@link Unlock}. `what` is what messages call it. Throws `wrong-key`, and
 * `damaged`, `hostile` or `unsupported` before any key is tried.
 */
export async function openWith(bytes: Uint8Array, unlock: Unlock, what: string): Promise<Opened> {
  const envelope = await openingOf(what, async () => parseEnvelope(bytes));
  if (unlock.secret) return openWithSecret(bytes, unlock.secret, what);
  const byKeyring = unlock.keyring && (await openWithKeyring(envelope, bytes, { ...unlock, what }));
  if (byKeyring) return byKeyring;
  const passphrase = takesPassphrase(envelope) ? await unlock.askPassphrase?.() : null;
  if (typeof passphrase === 'string') {
    return openWithSecret(bytes, { kind: 'passphrase', passphrase }, what);
  }
  throw await notOpened(envelope, unlock, what);
}

async function openWithSecret(bytes: Uint8Array, secret: Secret, what: string): Promise<Opened> {
  const opened = await openingOf(what, () => openEnvelope(nodeEngine, bytes, secret));
  return { ...opened, secret, keyName: null };
}

async function openWithKeyring(
  envelope: Envelope,
  bytes: Uint8Array,
  { keyring, what }: { readonly keyring?: Keyring; readonly what: string },
): Promise<Opened | null> {
  if (keyring === undefined || !envelope.slots.some(({ kind }) => kind === 'key')) return null;
  for (const { name } of (await examineKeyring(keyring)).keys) {
    const key = await keyIfThere(keyring, name);
    if (key === null) continue;
    const opened = await openOrNull(bytes, { kind: 'key', key }, what);
    if (opened) return { ...opened, keyName: name };
    key.fill(0);
  }
  return null;
}

/** Another process may have removed it since it was listed. */
async function keyIfThere(keyring: Keyring, name: string): Promise<Uint8Array | null> {
  try {
    return await readKey(keyring, name);
  } catch (error) {
    if (asCairnError(error).code === 'not-found') return null;
    throw error;
  }
}

/** The same as opening with one secret, where another may follow; `null` when it is not the secret of any slot. */
export async function openOrNull(bytes: Uint8Array, secret: Secret, what: string): Promise<Opened | null> {
  try {
    return await openWithSecret(bytes, secret, what);
  } catch (error) {
    if (asCairnError(error).code === 'wrong-key') return null;
    throw error;
  }
}

function takesPassphrase({ slots }: Envelope): boolean {
  return slots.some(({ kind }) => kind === 'passphrase');
}

async function notOpened(envelope: Envelope, unlock: Unlock, what: string): Promise<CairnError> {
  const tried =
    unlock.keyring === undefined ? 'nothing was given to open it with' : await triedKeys(unlock.keyring);
  return new CairnError('wrong-key', `${what}: ${tried}`, { hint: nextStep(envelope) });
}

async function triedKeys(keyring: Keyring): Promise<string> {
  const { keys, problems } = await examineKeyring(keyring);
  const unusable = problems.map(({ name }) => name).join(', ');
  const besides = unusable === '' ? '' : `, and these could not be read: ${unusable}`;
  const none = keys.length === 0 ? 'there are no keys' : `opens with none of the ${keys.length} keys`;
  return `${none} in ${keyring.folder}${besides}`;
}

function nextStep(envelope: Envelope): string {
  const passphrase = 'give the passphrase with --passphrase-file, --passphrase-fd or CAIRN_PASSPHRASE';
  const key = 'bring the key here with `cairn key import`, or name its file with --key-file';
  if (!takesPassphrase(envelope)) return key;
  return envelope.slots.some(({ kind }) => kind === 'key') ? `${passphrase}; or ${key}` : passphrase;
}
