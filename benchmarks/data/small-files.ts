import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pseudoRandomBytes } from '@cairn/testkit';

const FILES_PER_FOLDER = 1000;
const SIZE_MIN = 100;
const SIZE_SPREAD = 4000;

/** Writes many files of 100 to 4,099 bytes, each with contents of its own, a thousand to a folder. */
export function writeSmallFiles(folder: string, count: number): void {
  for (let first = 0; first < count; first += FILES_PER_FOLDER) {
    const group = join(folder, `group-${first / FILES_PER_FOLDER}`);
    mkdirSync(group, { recursive: true });
    writeGroup(group, first, Math.min(FILES_PER_FOLDER, count - first));
  }
}

function writeGroup(group: string, first: number, count: number): void {
  const bytes = pseudoRandomBytes(`small-files/${first}`, count + SIZE_MIN + SIZE_SPREAD);
  for (let index = 0; index < count; index += 1) {
    const size = SIZE_MIN + (((first + index) * 7919) % SIZE_SPREAD);
    writeFileSync(join(group, `file-${index}.bin`), bytes.subarray(index, index + size));
  }
}
