import type { Stats } from 'node:fs';
import { platform, userInfo } from 'node:os';
import { CairnError } from '../errors.ts';

/** Whether files here have modes that say who may read them. Where not, that is for the user to see to. */
const HAS_MODES: boolean = platform() !== 'win32';

/** Permission bits of a folder and of a file that are their owner's alone. */
export const PRIVATE_FOLDER_MODE = 0o700;
export const PRIVATE_FILE_MODE = 0o600;

/** Bits that let the group or others do anything. */
const OTHERS_BITS = 0o077;

/** Throws `refused` unless a file or folder belongs to the user, and to nobody else as well. */
export function checkPrivate(path: string, status: Stats): void {
  if (!HAS_MODES) return;
  checkModes(path, status);
  const user = userId();
  if (user === null || status.uid === user) return;
  throw new CairnError('refused', `${path} belongs to user ${status.uid}, and you are user ${user}`, {
    hint: 'use a copy that is yours',
    data: { path },
  });
}

/** Throws `refused` when group or others may do anything with it. */
export function checkModes(path: string, status: Stats): void {
  if (!HAS_MODES || (status.mode & OTHERS_BITS) === 0) return;
  const mode = (status.mode & 0o777).toString(8);
  const wanted = status.isDirectory() ? PRIVATE_FOLDER_MODE : PRIVATE_FILE_MODE;
  throw new CairnError('refused', `${path} has mode ${mode}: others than you may read it`, {
    hint: `chmod ${wanted.toString(8)} ${path}; if others could read it for long, make a new key`,
    data: { path, mode },
  });
}

/** An account without a name has no entry to look up; then the modes have to do. */
function userId(): number | null {
  try {
    return userInfo().uid;
  } catch {
    return null;
  }
}
