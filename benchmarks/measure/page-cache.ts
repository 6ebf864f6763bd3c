import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, run } from './process.ts';

const BUFFER_SIZE = 1024 * 1024;

/** Reads a file, or all files of a folder, so that the system has them in memory. */
export function warm(path: string): void {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE);
  for (const file of filesUnder(path)) {
    const descriptor = openSync(file, 'r');
    while (readSync(descriptor, buffer) > 0);
    closeSync(descriptor);
  }
}

/** Bytes of a file, or of all files of a folder. */
export function sizeOf(path: string): number {
  return filesUnder(path).reduce((sum, file) => sum + statSync(file).size, 0);
}

/** Waits until what earlier processes wrote is on the disk, so that the next one does not pay for it. */
export async function settle(): Promise<void> {
  if (isInstalled('sync')) await run({ program: 'sync', args: [] });
}

function filesUnder(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
