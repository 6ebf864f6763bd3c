import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { sweepAbandoned, syncFolder, systemCode } from '@cairn/store';
import { asCairnError, atBorder, CairnError } from '../errors.ts';
import { makeFolder } from '../registry/make-folder.ts';
import { type KeyOfFile, readNamedKeyFile, readOwnKeyFile, writeKeyFile } from './key-file.ts';
import { checkKeyName, isKeyName } from './key-name.ts';
import { checkPrivate, PRIVATE_FOLDER_MODE } from './private-access.ts';
import { checkPrivatePlace } from './private-place.ts';

/**
 * Named keys as files `<folder>/<name>.key`. Folder and files are their owner's alone, and in no registry and no Git
 * work tree: where they are not, every function here throws `refused`.
 */
export interface Keyring {
  /** Absolute; made when it is first written to. */
  readonly folder: string;
}

/** A key without its secret. */
export interface NamedKey {
  readonly name: string;
  readonly path: string;
  /** When its file was written, ISO 8601. */
  readonly createdAt: string;
  /** What the key is recognised by under any name; safe to show. */
  readonly fingerprint: string;
}

/** A file of a keyring that holds no key which can be used. */
export interface KeyProblem {
  readonly name: string;
  readonly path: string;
  readonly error: CairnError;
}

export interface CreateKeyOptions {
  /** Derives the key, so that the same name and passphrase give it again on another machine. Random without one. */
  readonly passphrase?: string;
}

const SUFFIX = '.key';

/** The keys of a keyring, sorted by name. Those that cannot be used are passed over. */
export async function listKeys(keyring: Keyring): Promise<NamedKey[]> {
  return (await examineKeyring(keyring)).keys;
}

/** The keys of a keyring and what stands among them that is none, each sorted by name. */
export function examineKeyring(
  keyring: Keyring,
): Promise<{ readonly keys: NamedKey[]; readonly problems: KeyProblem[] }> {
  return atBorder(async () => {
    const keys: NamedKey[] = [];
    const problems: KeyProblem[] = [];
    for (const name of await keyNames(keyring)) {
      const path = pathOf(keyring, name);
      try {
        keys.push(await describedAndZeroed(keyring, name, await readOwnKeyFile(path)));
      } catch (error) {
        problems.push({ name, path, error: asCairnError(error) });
      }
    }
    return { keys, problems };
  });
}

/** One key of a keyring, without its secret. Throws `not-found`, `refused` or `damaged`. */
export function showKey(keyring: Keyring, name: string): Promise<NamedKey> {
  return atBorder(async () => describedAndZeroed(keyring, name, await readFrom(keyring, name)));
}

/** Makes a key. Throws `exists` for a name that is taken, whatever its case. */
export function createKey(
  keyring: Keyring,
  name: string,
  { passphrase }: CreateKeyOptions = {},
): Promise<NamedKey> {
  return atBorder(async () => {
    await checkKeyIsNew(keyring, name);
    const { deriveNamedKey, generateKey } = await import('@cairn/crypto');
    const { nodeEngine } = await import('@cairn/crypto/node');
    const key =
      passphrase === undefined
        ? generateKey(nodeEngine)
        : await deriveNamedKey(nodeEngine, { name, passphrase });
    return storeKey(keyring, name, key);
  });
}

/** A key of the keyring: 32 bytes, which the caller zeroes after use. Throws `not-found`, `refused` or `damaged`. */
export function readKey(keyring: Keyring, name: string): Promise<Uint8Array> {
  return atBorder(async () => (await readFrom(keyring, name)).key);
}

/**
 * The key in a file outside of any keyring: 32 bytes, which the caller zeroes after use. Throws `not-found`;
 * `refused` when others can read the file or it is inside a registry or a Git work tree; `damaged`.
 */
export function readKeyFile(path: string): Promise<Uint8Array> {
  return atBorder(async () => (await readNamedKeyFile(resolve(path))).key);
}

/** Copies a key into a new file that its owner alone can read. Throws `exists`. */
export function exportKey(keyring: Keyring, name: string, file: string): Promise<void> {
  return atBorder(async () => {
    const { key } = await readFrom(keyring, name);
    try {
      await checkPrivatePlace(dirname(resolve(file)));
      await writeKeyFile(resolve(file), key);
    } finally {
      key.fill(0);
    }
  });
}

/** Takes a key from a file into the keyring, under the file's name if no other is given. Throws `exists`. */
export function importKey(keyring: Keyring, file: string, name?: string): Promise<NamedKey> {
  return atBorder(async () => {
    const chosen = name ?? basename(file, SUFFIX);
    await checkKeyIsNew(keyring, chosen);
    const { key } = await readNamedKeyFile(resolve(file));
    return storeKey(keyring, chosen, key);
  });
}

/** Removes a key for good. Throws `not-found`. */
export function removeKey(keyring: Keyring, name: string): Promise<void> {
  return atBorder(async () => {
    await checkIsThere(keyring, name);
    await rm(pathOf(keyring, name));
    syncFolder(keyring.folder);
  });
}

/** Writes a key that was made elsewhere, and zeroes it. */
export async function storeKey(keyring: Keyring, name: string, key: Uint8Array): Promise<NamedKey> {
  const path = pathOf(keyring, checkKeyName(name));
  try {
    await makeKeyring(keyring);
    await writeKeyFile(path, key);
  } catch (error) {
    key.fill(0);
    throw error;
  }
  const status = await lstat(path);
  // What processes left that were killed while they wrote a key. How long ago that was, the new file tells.
  sweepAbandoned(keyring.folder, { now: status.mtime });
  return describedAndZeroed(keyring, name, { key, status });
}

/** Throws `exists` for a name that is taken, and `invalid` or `refused` when no key of this name can be made here. */
export async function checkKeyIsNew(keyring: Keyring, name: string): Promise<void> {
  checkKeyName(name);
  const taken = (await keyNames(keyring)).find((other) => other.toLowerCase() === name.toLowerCase());
  if (taken === undefined) return;
  const difference = taken === name ? '' : `, which differs from ${name} only in case`;
  throw new CairnError('exists', `there is a key ${taken} already${difference}`, {
    hint: 'choose another name; a key is never replaced',
    data: { name, taken },
  });
}

function pathOf({ folder }: Keyring, name: string): string {
  return join(folder, name + SUFFIX);
}

/** Names of the files that could be keys, sorted; none when the keyring was never written to. */
async function keyNames(keyring: Keyring): Promise<string[]> {
  if (!(await checkKeyring(keyring))) return [];
  const entries = await readdir(keyring.folder);
  return entries
    .filter((entry) => entry.endsWith(SUFFIX))
    .map((entry) => entry.slice(0, -SUFFIX.length))
    .filter(isKeyName)
    .sort();
}

/** Whether the keyring is there; throws `refused` where it must not be, or when it is not private. */
async function checkKeyring({ folder }: Keyring): Promise<boolean> {
  await checkPrivatePlace(folder);
  const status = await lstat(folder).catch((error) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (status === null) return false;
  if (!status.isDirectory()) {
    const what = status.isSymbolicLink() ? 'a symbolic link' : 'no folder';
    throw new CairnError('refused', `${folder} is ${what}, and no keys are kept there`, {
      hint: 'CAIRN_CONFIG names another place for the folder of keys',
      data: { folder },
    });
  }
  checkPrivate(folder, status);
  return true;
}

async function makeKeyring(keyring: Keyring): Promise<void> {
  if (await checkKeyring(keyring)) return;
  await makeFolder(dirname(keyring.folder));
  await mkdir(keyring.folder, { mode: PRIVATE_FOLDER_MODE }).catch((error) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
  syncFolder(dirname(keyring.folder));
  await checkKeyring(keyring);
}

async function readFrom(keyring: Keyring, name: string): Promise<KeyOfFile> {
  await checkIsThere(keyring, name);
  return readOwnKeyFile(pathOf(keyring, name));
}

async function checkIsThere(keyring: Keyring, name: string): Promise<void> {
  const names = await keyNames(keyring);
  if (names.includes(checkKeyName(name))) return;
  const close = names.find((other) => other.toLowerCase() === name.toLowerCase());
  throw new CairnError('not-found', `there is no key ${name} in ${keyring.folder}`, {
    hint: close ? `did you mean ${close}?` : 'see what there is with `cairn key ls`',
    data: { name },
  });
}

async function describedAndZeroed(
  keyring: Keyring,
  name: string,
  { key, status }: KeyOfFile,
): Promise<NamedKey> {
  const { keyFingerprint } = await import('@cairn/crypto');
  const fingerprint = keyFingerprint(key);
  key.fill(0);
  return { name, path: pathOf(keyring, name), createdAt: status.mtime.toISOString(), fingerprint };
}
