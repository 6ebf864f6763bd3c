// Seals or opens one file with a key file, as a whole process: what the container's cryptography costs by itself.
// seal-file.mjs seal|open KEY_FILE FROM TO. Plain JavaScript, so that no time goes into stripping types.

import { closeSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { createEnvelope, openEnvelope, openStream, parseKeyFile, sealStream } from '@cairn/crypto';
import { nodeEngine } from '@cairn/crypto/node';

const [job, keyFile, from, to] = process.argv.slice(2);
const secret = { kind: 'key', key: parseKeyFile(readFileSync(keyFile, 'utf8')) };
const context = { kind: 'object', id: 'file' };
const input = openSync(from, 'r');
const output = openSync(to, 'wx');
for await (const chunk of job === 'seal' ? sealed() : opened()) writeSync(output, chunk);
fsyncSync(output);
closeSync(output);

/** The size of the envelope, the envelope, the stream. */
async function* sealed() {
  const { envelope, domain } = await createEnvelope(nodeEngine, { secrets: [secret] });
  yield Buffer.from([envelope.length >> 8, envelope.length]);
  yield envelope;
  yield* sealStream(domain.stream(context), chunks(0)).chunks;
}

async function* opened() {
  const size = readAt(0, 2).readUInt16BE();
  const { domain } = await openEnvelope(nodeEngine, readAt(2, size), secret);
  yield* openStream(domain.stream(context), chunks(2 + size));
}

function readAt(position, size) {
  const bytes = Buffer.alloc(size);
  return bytes.subarray(0, readSync(input, bytes, 0, size, position));
}

async function* chunks(begin) {
  const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
  for (let position = begin; ; ) {
    const size = readSync(input, buffer, 0, buffer.length, position);
    if (size === 0) return;
    position += size;
    yield buffer.subarray(0, size);
  }
}
