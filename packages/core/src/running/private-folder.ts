import type { Stats } from 'node:fs';
import { lstat, mkdtemp, readdir, readFile, realpath, rm, statfs, writeFile } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { currentOwner, encodeOwner, OWNER_SIZE_MAX, ownerState, parseOwner } from '@cairn/store';
import { CairnError } from '../errors.ts';

/** A folder that nobody else can look into, for plaintext. */
export interface PrivateFolder {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** Whether it is in memory, and on no disk. */
  readonly inMemory: boolean;
  remove(): Promise<void>;
}

export interface PrivateFolderOptions {
  /** Bytes that are to be kept in it. */
  readonly size: number;
  /** Files that are to be kept in it. */
  readonly files: number;
  /** Where to make it; in memory, or where there is no room in the temporary folder, if left out. */
  readonly parent?: string;
  /** Refuses any place that is not in memory. */
  readonly memoryOnly: boolean;
}

/**
 * Makes a private folder that says whose it is, and removes those that processes have left which are dead. Throws
 * `no-space` when it must be in memory and there is no room.
 */
export async function makePrivateFolder(options: PrivateFolderOptions): Promise<PrivateFolder> {
  const place = await choosePlace(options);
  const path = await mkdtemp(join(await realpath(place.folder), PREFIX));
  try {
    await writeFile(join(path, OWNER), encodeOwner(currentOwner('run a package')), {
      flag: 'wx',
      mode: 0o600,
    });
    const mine = await lstat(path);
    for (const folder of new Set([MEMORY, tmpdir(), place.folder])) await sweepPrivateFolders(folder, mine);
  } catch (error) {
    await removePrivateFolder(path);
    throw error;
  }
  return { path, inMemory: place.inMemory, remove: () => removePrivateFolder(path) };
}

/** Where Linux keeps files in memory (shm_overview(7)). */
const MEMORY = '/dev/shm';
/** What statfs(2) calls a file system in memory. */
const TMPFS = 0x01021994;

const PREFIX = 'cairn-run-';
/** What mkdtemp makes of the prefix. */
const NAME = /^cairn-run-[A-Za-z0-9]{6}$/;
const OWNER = 'owner.json';

interface Place {
  readonly folder: string;
  readonly inMemory: boolean;
}

async function choosePlace({ parent, memoryOnly, ...need }: PrivateFolderOptions): Promise<Place> {
  const place = await placeFor(parent, need);
  if (place.inMemory || !memoryOnly) return place;
  const lack =
    parent === undefined ? `${MEMORY} has no room for its ${need.size} bytes` : `${parent} is not in memory`;
  throw new CairnError('no-space', `the package wants its model files in memory, and ${lack}`, {
    hint: 'make room there, or name another folder that is in memory',
  });
}

async function placeFor(parent: string | undefined, need: Need): Promise<Place> {
  if (parent !== undefined) return { folder: parent, inMemory: (await memoryAt(parent)) !== null };
  const free = await memoryAt(MEMORY);
  return free !== null && fits(need, free)
    ? { folder: MEMORY, inMemory: true }
    : { folder: tmpdir(), inMemory: false };
}

interface Need {
  readonly size: number;
  readonly files: number;
}

/** A page of memory: what a file is rounded up to. */
const PAGE = 4096;
/** For the folders, and what the hooks write. Bytes. */
const MARGIN = 16 * 1024 * 1024;

/** The machine needs room twice: for the files, and for the model that is loaded from them. */
function fits({ size, files }: Need, free: number): boolean {
  const needed = size + files * PAGE + MARGIN;
  return free >= needed && freemem() >= needed + size;
}

/** Bytes free in a folder that is in memory; `null` for any other, or none. */
async function memoryAt(folder: string): Promise<number | null> {
  try {
    const { type, bavail, bsize } = await statfs(folder);
    return sep === '/' && type === TMPFS ? bavail * bsize : null;
  } catch {
    return null;
  }
}

/** The owner goes last: as long as anything is there, the next start knows whose it was. */
async function removePrivateFolder(path: string): Promise<void> {
  for (const name of await namesIn(path)) {
    if (name !== OWNER) await rm(join(path, name), REMOVAL);
  }
  await rm(path, REMOVAL);
}

/** On Windows, what was just closed can be in use for a moment. */
const REMOVAL = { recursive: true, force: true, maxRetries: 5 } as const;

/** Removes what this user's dead processes have left in a folder. What cannot be removed is left for the next time. */
async function sweepPrivateFolders(parent: string, mine: Stats): Promise<void> {
  for (const name of await namesIn(parent)) {
    if (!NAME.test(name)) continue;
    const path = join(parent, name);
    try {
      if (await isAbandoned(path, mine)) await removePrivateFolder(path);
    } catch {}
  }
}

/** How long a folder may be without an owner, milliseconds: it is written at once. */
const UNOWNED_LIFE_MS = 60_000;

/** The times of the two folders are compared, not with a clock: both are what this machine's file systems say. */
async function isAbandoned(path: string, mine: Stats): Promise<boolean> {
  const status = await lstat(path);
  if (!status.isDirectory() || status.uid !== mine.uid || status.ino === mine.ino) return false;
  const owner = await ownerOf(path);
  if (owner !== null) return ownerState(owner) === 'dead';
  return status.mtimeMs < mine.mtimeMs - UNOWNED_LIFE_MS;
}

async function ownerOf(path: string) {
  const file = join(path, OWNER);
  try {
    const status = await lstat(file);
    return status.isFile() && status.size <= OWNER_SIZE_MAX ? parseOwner(await readFile(file)) : null;
  } catch {
    return null;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
