import { mkdirSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.ts';

/** Makes the folder that everything happens in, inside the one named or else on the disk of the checkout. */
export function makeWorkFolder(named: string | null): string {
  if (named !== null) mkdirSync(named, { recursive: true });
  return mkdtempSync(join(named ?? placeOnSameDisk(), 'cairn-bench-'));
}

/** A temporary folder in memory would make every sync free, so that `node_modules` has to do instead. */
function placeOnSameDisk(): string {
  const isSameDisk = statSync(tmpdir()).dev === statSync(ROOT).dev;
  return isSameDisk ? tmpdir() : join(ROOT, 'node_modules');
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Bytes that can still be written where a folder is. */
export function freeSpace(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** A Git identity and nothing else for this process and those that it starts, whatever the user has configured. */
export function isolateGit(folder: string): void {
  const config = join(folder, 'gitconfig');
  writeFileSync(config, '[user]\n\tname = Benchmark\n\temail = benchmark@example.invalid\n');
  process.env.GIT_CONFIG_GLOBAL = config;
  process.env.GIT_CONFIG_NOSYSTEM = '1';
}
