import { writeSync } from 'node:fs';

/**
 * Bytes written at a time. For one write of more than a mebibyte Linux fetches pages of 2 MiB for its cache, and a
 * virtual machine that gives free memory back to its host has to fetch those from there: ten times as slow.
 */
const WRITE_SIZE = 512 * 1024;

/**
 * Writes all bytes from a position on. A write can end early, for example when the disk fills up: the next one then
 * fails with the reason, which is thrown.
 */
export function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.byteLength; ) {
    const length = Math.min(WRITE_SIZE, bytes.byteLength - done);
    done += writeSync(fd, bytes, done, length, position + done);
  }
}
