import { spawnSync } from 'node:child_process';
import { getuid, platform } from 'node:process';

/** A file system that is mounted at a folder until it is disposed. */
export type Mounted = Disposable;

/** An empty file system in memory of so many bytes; null where this process may not mount one. */
export function mountSmallDisk(folder: string, size: number): Mounted | null {
  return mount(folder, ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
}

/** The same folder, but nothing can be written to it; null where this process may not do that. */
export function mountReadOnly(folder: string): Mounted | null {
  const bound = mount(folder, ['--bind', folder, folder]);
  if (bound === null || run('mount', ['-o', 'remount,bind,ro', folder])) return bound;
  bound[Symbol.dispose]();
  return null;
}

function mount(folder: string, args: readonly string[]): Mounted | null {
  if (platform !== 'linux' || getuid?.() !== 0 || !run('mount', args)) return null;
  return { [Symbol.dispose]: () => void run('umount', ['--lazy', folder]) };
}

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
