import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode, writeFileDurably } from '@cairn/store';
import { CairnError, openingOf } from '../errors.ts';
import { checkModes, checkPrivate, PRIVATE_FILE_MODE } from './private-access.ts';
import { checkPrivatePlace } from './private-place.ts';

/** A key file is one line of 83 bytes and its line break; ten times that is something else. */
const KEY_FILE_SIZE_MAX = 1024;

/** A key that was read, and what its file says besides. */
export interface KeyOfFile {
  /** 32 bytes, for the caller to zero. */
  readonly key: Uint8Array;
  readonly status: Stats;
}

/**
 * The key in a file of a keyring: a file of the user's own, no link. Throws `not-found`; `refused` when it is not
 * private; `damaged` when it is not a key file or its checksum does not hold.
 */
export async function readOwnKeyFile(path: string): Promise<KeyOfFile> {
  const status = await lstat(path).catch((error) => {
    throw unreadable(path, error);
  });
  if (status.isSymbolicLink()) throw notAFile(path, 'a symbolic link');
  return readOpened(path, OWN_FILE_FLAGS, (opened) => {
    if (!opened.isFile()) throw notAFile(path, 'no file');
    checkPrivate(path, opened);
  });
}

/**
 * The key in a file that the user names: a private file outside of registries and work trees, or a pipe. Throws as
 * {@link readOwnKeyFile} does; a link is followed.
 */
export async function readNamedKeyFile(path: string): Promise<KeyOfFile> {
  await checkPrivatePlace(dirname(path));
  return readOpened(path, 0, (opened) => {
    if (opened.isFile()) checkModes(path, opened);
    else if (!opened.isFIFO()) throw notAFile(path, 'neither a file nor a pipe');
  });
}

/** Whatever comes to stand there after it was looked at: no link is followed, and no pipe waited for. Not on Windows. */
const OWN_FILE_FLAGS = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Makes a key file, for its owner alone, and forces it to the disk. Throws `exists`. */
export async function writeKeyFile(path: string, key: Uint8Array): Promise<void> {
  const { encodeKeyFile } = await import('@cairn/crypto');
  writeFileDurably(path, encodeKeyFile(key), { exclusive: true, mode: PRIVATE_FILE_MODE });
}

async function readOpened(path: string, flags: number, check: (status: Stats) => void): Promise<KeyOfFile> {
  const handle = await open(path, constants.O_RDONLY | flags).catch((error) => {
    throw unreadable(path, error);
  });
  try {
    const status = await handle.stat();
    check(status);
    return { key: await keyFrom(handle, path), status };
  } finally {
    await handle.close();
  }
}

async function keyFrom(handle: FileHandle, path: string): Promise<Uint8Array> {
  const buffer = Buffer.alloc(KEY_FILE_SIZE_MAX + 1);
  try {
    const size = await fill(handle, buffer);
    const { parseKeyFile } = await import('@cairn/crypto');
    return await openingOf(path, async () => parseKeyFile(buffer.toString('latin1', 0, size)));
  } finally {
    buffer.fill(0);
  }
}

async function fill(handle: FileHandle, buffer: Buffer): Promise<number> {
  for (let size = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, size, buffer.length - size);
    size += bytesRead;
    if (bytesRead === 0 || size === buffer.length) return size;
  }
}

function unreadable(path: string, error: unknown): unknown {
  if (systemCode(error) === 'ELOOP') return notAFile(path, 'a symbolic link');
  if (systemCode(error) !== 'ENOENT') return error;
  return new CairnError('not-found', `there is no key file ${path}`, {
    data: { path },
    cause: error,
  });
}

function notAFile(path: string, what: string): CairnError {
  return new CairnError('refused', `${path} is ${what}, and no key is read from it`, {
    hint: 'bring the key in with `cairn key import`, from a file of your own',
    data: { path },
  });
}
