// Seals or opens one file with a key file, as a whole process: what the container's cryptography costs by itself.
// seal-file.mjs seal|open KEY_FILE FROM TO. Plain JavaScript, so that no time goes into stripping types.

import { once } from 'node:events';
import { openSync, readFileSync, readSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { createEnvelope, openEnvelope, openStream, parseKeyFile, sealStream } from '@cairn/crypto';
import { nodeEngine } from '@cairn/crypto/node';

const [job, keyFile, from, to] = process.argv.slice(2);
const secret = { kind: 'key', key: parseKeyFile(readFileSync(keyFile, 'utf8')) };
const context = { kind: 'object', id: 'file' };
const input = openSync(from, 'r');
await writeBeside(job === 'seal' ? sealed() : opened());

/** Hands what comes to a thread that writes it, 4 MiB at a time, while the next is made. */
async function writeBeside(chunks) {
  const writer = new Worker(new URL('write-file.mjs', import.meta.url), { workerData: to });
  const free = Array.from({ length: 3 }, () => Buffer.from(new SharedArrayBuffer(2 ** 22)));
  const waiting = [];
  writer.on('message', (bytes) => {
    const buffer = Buffer.from(bytes.buffer);
    const next = waiting.shift();
    if (next) next(buffer);
    else free.push(buffer);
  });
  let buffer = free.pop();
  let fill = 0;
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.length; ) {
      const size = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).copy(buffer, fill, taken);
      taken += size;
      fill += size;
      if (fill < buffer.length) continue;
      writer.postMessage(buffer);
      buffer = free.pop() ?? (await new Promise((resolve) => waiting.push(resolve)));
      fill = 0;
    }
  }
  writer.postMessage(buffer.subarray(0, fill));
  writer.postMessage(null);
  await once(writer, 'exit');
}

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
