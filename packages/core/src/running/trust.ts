import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { systemCode, writeFileDurably } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';

/**
 * Whose hooks may run on this machine: a folder with a file for each digest of hooks that somebody has trusted. It is
 * made when first written to. What a digest covers is said at `codeDigest`.
 */
export interface TrustStore {
  /** Absolute. */
  readonly folder: string;
}

/** Hooks that may run. */
export interface TrustedHooks {
  readonly digest: string;
  /** The version they were first trusted for, as `model@version`; empty when that was not said. */
  readonly reference: string;
  /** When that was. */
  readonly since: Date;
}

/** Lets hooks run from now on. `reference` is what people will know them by; the first one given stays. */
export function trust(store: TrustStore, digest: string, reference = ''): Promise<void> {
  return atBorder(async () => {
    const file = fileOf(store, digest);
    if (await isTrusted(store, digest)) return;
    await makePrivateFolder(store.folder);
    const text = reference.slice(0, REFERENCE_LENGTH_MAX);
    writeFileDurably(file, text === '' ? '' : `${text}\n`, { mode: 0o600 });
  });
}

/** Whether hooks may run. Throws `refused` when others than the owner could have said so. */
export function isTrusted(store: TrustStore, digest: string): Promise<boolean> {
  return atBorder(async () => {
    const file = fileOf(store, digest);
    if (!(await isThereAndPrivate(store))) return false;
    return (await statusOf(file))?.isFile() ?? false;
  });
}

/** All hooks that may run, sorted by digest. */
export function listTrusted(store: TrustStore): Promise<TrustedHooks[]> {
  return atBorder(async () => {
    if (!(await isThereAndPrivate(store))) return [];
    const digests = (await readdir(store.folder)).filter((name) => DIGEST.test(name)).sort();
    const found = await Promise.all(digests.map((digest) => readTrusted(store, digest)));
    return found.filter((each) => each !== null);
  });
}

/** Takes the trust back. Throws `not-found` when there is none. What runs already goes on running. */
export function untrust(store: TrustStore, digest: string): Promise<void> {
  return atBorder(async () => {
    if (!(await isTrusted(store, digest))) {
      throw new CairnError('not-found', `no hooks with the digest ${digest} are trusted`, {
        hint: 'see which are with `cairn trust ls`',
        data: { digest },
      });
    }
    await rm(fileOf(store, digest));
  });
}

const DIGEST = /^[0-9a-f]{64}$/;

/** A reference is two names of at most 128 characters. */
const REFERENCE_LENGTH_MAX = 300;

function fileOf({ folder }: TrustStore, digest: string): string {
  if (DIGEST.test(digest)) return join(folder, digest);
  throw new CairnError('invalid', `not a digest of hooks: ${JSON.stringify(digest.slice(0, 100))}`, {
    hint: 'it is 64 hexadecimal digits',
  });
}

async function readTrusted(store: TrustStore, digest: string): Promise<TrustedHooks | null> {
  const file = fileOf(store, digest);
  const status = await statusOf(file);
  if (!status?.isFile()) return null;
  const readable = status.size <= REFERENCE_LENGTH_MAX + 1;
  const text = readable ? await readFile(file, 'utf8') : '';
  return { digest, reference: text.trimEnd(), since: status.mtime };
}

async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

/** Whoever can write there can have anything run, as the one who runs it. */
async function isThereAndPrivate({ folder }: TrustStore): Promise<boolean> {
  const status = await statusOf(folder);
  if (status === null) return false;
  if (!status.isDirectory())
    throw new CairnError('refused', `${folder} is not a folder`, { data: { folder } });
  if (sep === '/' && (status.mode & OTHERS_WRITE) !== 0) {
    throw new CairnError('refused', `others can write to ${folder}, and so say whose hooks may run`, {
      hint: `chmod 700 ${folder}`,
      data: { folder },
    });
  }
  return true;
}

const OTHERS_WRITE = 0o022;

async function statusOf(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
