import { execFileSync } from 'node:child_process';
import { getuid, platform } from 'node:process';
import { temporaryFolder } from '@cairn/testkit';

/** A disk of its own with so much room. */
export interface SmallDisk extends Disposable {
  readonly path: string;
}

/** Mounts a disk in memory; `null` where that is not allowed: only the superuser of Linux may. */
export function smallDisk(size: number): SmallDisk | null {
  if (platform !== 'linux' || getuid?.() !== 0) return null;
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder.path], { stdio: 'ignore' });
  } catch {
    folder[Symbol.dispose]();
    return null;
  }
  return {
    path: folder.path,
    [Symbol.dispose]: () => {
      execFileSync('umount', ['--lazy', folder.path]);
      folder[Symbol.dispose]();
    },
  };
}

export const NO_SMALL_DISK = 'a disk in memory cannot be mounted here: that takes the superuser of Linux';
