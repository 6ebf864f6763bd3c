import { parentPort, workerData } from 'node:worker_threads';
import { translated } from '../errors.ts';
import { errorMessage } from '../threads/thread.ts';
import { Packer } from './packer.ts';
import type { FromPacker, PackerData, ToPacker } from './packer-messages.ts';
import type { Piece } from './slab.ts';
import { slotBytes } from './slots.ts';

const { folder, label, slots } = workerData as PackerData;
const packer = new Packer(folder, label);
const jobs = new Map<number, { slot: number; pieces: readonly Piece[] }>();

parentPort?.on('message', (message: ToPacker) => {
  try {
    send(answer(message));
  } catch (error) {
    send({ kind: 'error', error: errorMessage(translated(error, `cannot write a pack in ${folder}`)) });
  }
});

function answer(message: ToPacker): FromPacker {
  const { job } = message;
  switch (message.kind) {
    case 'hash': {
      const { slot, pieces } = message;
      jobs.set(job, { slot, pieces });
      return { kind: 'hashed', job, ids: packer.hash(slotBytes(slots, slot), pieces) };
    }
    case 'write': {
      const { slot, pieces } = jobs.get(job)!;
      jobs.delete(job);
      packer.write(slotBytes(slots, slot), pieces, message.ids, message.left);
      return { kind: 'written', job };
    }
    case 'seal':
      packer.seal();
      return { kind: 'sealed', job };
    case 'finish':
      return { kind: 'finished', job, packs: packer.finish() };
  }
}

function send(message: FromPacker): void {
  parentPort?.postMessage(message);
}
