// The thread that writes for seal-file.mjs: what it is sent goes to the end of the file, `null` ends it.

import { closeSync, fdatasync, fsyncSync, openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/** For larger pieces Linux takes larger pages for its cache, which cost a virtual machine several times as much. */
const PIECE = 256 * 1024;

/** How often the disk is told to begin, so that little is left at the end. */
const FLUSH_EVERY = 64 * 1024 * 1024;

const output = openSync(workerData, 'wx');
let position = 0;

parentPort.on('message', (bytes) => {
  if (bytes === null) {
    fsyncSync(output);
    closeSync(output);
    parentPort.close();
    return;
  }
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(output, bytes, at, Math.min(PIECE, bytes.length - at), position + at);
  }
  position += bytes.length;
  if (position % FLUSH_EVERY === 0) fdatasync(output, () => {});
  parentPort.postMessage(bytes);
});
