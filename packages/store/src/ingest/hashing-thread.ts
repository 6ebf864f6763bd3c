import { createHash, type Hash } from 'node:crypto';
import { answering } from '../threads/answering.ts';
import type { ToHasher } from './hashing-messages.ts';

const streams = new Map<number, Hash>();

answering(({ stream, bytes }: ToHasher): string => {
  const hash = streams.get(stream) ?? createHash('sha256');
  streams.set(stream, hash);
  if (bytes) {
    hash.update(bytes);
    return '';
  }
  streams.delete(stream);
  return hash.digest('hex');
});
