// Seals or opens one file with a key file, as a whole process: what the container's cryptography costs by itself.
// seal-file.mjs seal|open KEY_FILE FROM TO. Plain JavaScript, so that no time goes into stripping types.

import { readFileSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createEnvelope, openEnvelope, openStream, parseKeyFile, sealStream } from '@cairn/crypto';
import { nodeEngine } from '@cairn/crypto/node';

const [job, keyFile, from, to] = process.argv.slice(2);
const secret = { kind: 'key', key: parseKeyFile(readFileSync(keyFile, 'utf8')) };
const context = { kind: 'object', id: 'file' };
const input = await open(from, 'r');
const output = await open(to, 'wx');
await writeBeside(job === 'seal' ? sealed() : opened());
await output.sync();

/** Writes on Node's own threads while the next chunk is made, and lets the disk begin early. */
async function writeBeside(chunks) {
  const ring = Array.from({ length: 4 }, () => ({ bytes: Buffer.allocUnsafeSlow(2 ** 20 + 64), free: null }));
  let flushed = null;
  let position = 0;
  let turn = 0;
  for await (const chunk of chunks) {
    const slot = ring[turn++ % ring.length];
    await slot.free;
    slot.bytes.set(chunk);
    slot.free = written(slot.bytes.subarray(0, chunk.length), position);
    position += chunk.length;
    if (turn % 64 === 0) {
      await flushed;
      flushed = output.datasync();
    }
  }
  await Promise.all([flushed, ...ring.map(({ free }) => free)]);
}

/** In pieces for which Linux takes small pages for its cache: large ones cost a virtual machine several times as much. */
async function written(bytes, position) {
  for (let at = 0; at < bytes.length; ) {
    at += (await output.write(bytes, at, Math.min(bytes.length - at, 256 * 1024), position + at))
      .bytesWritten;
  }
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
  return bytes.subarray(0, readSync(input.fd, bytes, 0, size, position));
}

async function* chunks(begin) {
  const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
  for (let position = begin; ; ) {
    const size = readSync(input.fd, buffer, 0, buffer.length, position);
    if (size === 0) return;
    position += size;
    yield buffer.subarray(0, size);
  }
}
