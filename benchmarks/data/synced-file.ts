import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

type WriteAt = (bytes: Uint8Array, position: number) => void;

/** Opens a file for writing; when `use` is done, everything in it is on the disk. */
export function openFile(file: string, flags: 'w' | 'r+', use: (write: WriteAt) => void): void {
  const descriptor = openSync(file, flags);
  try {
    use((bytes, position) => writeFully(descriptor, bytes, position));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeFully(descriptor: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.byteLength) {
    done += writeSync(descriptor, bytes, done, bytes.byteLength - done, position + done);
  }
}
