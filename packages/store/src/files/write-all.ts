import { writeSync } from 'node:fs';

/**
 * Bytes written at a time. For larger writes Linux takes larger pages for its cache, up to 2 MiB each, and a virtual
 * machine that gives free memory back to its host has to fetch those from there: twice as slow for 512 KiB, five times
 * for 1 MiB and more.
 */
const WRITE_SIZE = 256 * 1024;

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
