import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { FromHasher, ToHasher } from './hashing-messages.ts';

const streams = new Map<number, Hash>();

parentPort?.on('message', ({ job, stream, bytes }: ToHasher) => {
  const hash = streams.get(stream) ?? createHash('sha256');
  streams.set(stream, hash);
  if (bytes) {
    hash.update(bytes);
    send({ job, sha256: '' });
  } else {
    streams.delete(stream);
    send({ job, sha256: hash.digest('hex') });
  }
});

function send(message: FromHasher): void {
  parentPort?.postMessage(message);
}
