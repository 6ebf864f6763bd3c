import { pseudoRandomBytes } from '@cairn/testkit';
import { openFile } from './synced-file.ts';

const CHUNK = 4 * 1024 ** 2;

/** Writes a file that no format and no compression can make anything of. */
export function writeRandomFile(file: string, size: number): void {
  openFile(file, 'w', (write) => {
    for (let from = 0; from < size; from += CHUNK) {
      write(pseudoRandomBytes(`random/${from}`, Math.min(CHUNK, size - from)), from);
    }
  });
}
