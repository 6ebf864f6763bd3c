import { parentPort, workerData } from 'node:worker_threads';
import { translated } from '../errors.ts';
import { errorMessage } from '../threads/thread.ts';
import { readFiles } from './reader.ts';
import type { FromReader, ReaderData } from './reader-messages.ts';
import { slotBytes, takeSlot } from './slots.ts';

const { files, slots } = workerData as ReaderData;

function send(message: FromReader): void {
  parentPort?.postMessage(message);
}

try {
  for (const slab of readFiles(files, {
    take: () => takeSlot(slots),
    bytes: (slot) => slotBytes(slots, slot),
  })) {
    send({ kind: 'slab', slab });
  }
  send({ kind: 'end' });
} catch (error) {
  send({ kind: 'error', error: errorMessage(translated(error, 'cannot read the files')) });
}
