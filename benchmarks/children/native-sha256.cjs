'use strict';

// One native SHA-256 pass over a file, as a whole process: what any program that checks contents has to pay.
// Plain JavaScript, so that no time goes into stripping types.

const { createHash } = require('node:crypto');
const { openSync, readSync } = require('node:fs');

const hash = createHash('sha256');
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
const descriptor = openSync(process.argv[2], 'r');
for (let size = readSync(descriptor, buffer); size > 0; size = readSync(descriptor, buffer)) {
  hash.update(size === buffer.byteLength ? buffer : buffer.subarray(0, size));
}
process.stdout.write(`${hash.digest('hex')}\n`);
