import { parentPort, workerData } from 'node:worker_threads';
import { translated } from '../errors.ts';
import { inlineHash } from '../ingest/hashing.ts';
import { openObjectStore } from '../pack/object-store.ts';
import { errorMessage } from '../threads/thread.ts';
import { BufferRing } from './buffer-ring.ts';
import type { ExtractData, FromExtractor, ToExtractor } from './extract-messages.ts';
import { runFileJob } from './file-job.ts';

const { gitDir, checkObjects } = workerData as ExtractData;
const objects = openObjectStore(gitDir);
const buffers = new BufferRing(1);

parentPort?.on('message', async ({ jobs }: ToExtractor) => {
  for (const { number, job } of jobs) {
    send({ kind: 'file', number, error: await outcome(job) });
  }
  send({ kind: 'idle' });
});

async function outcome(job: ToExtractor['jobs'][number]['job']) {
  try {
    await runFileJob(objects, job, {
      buffers,
      openHash: inlineHash,
      checkObjects,
      onBytes: (count) => send({ kind: 'bytes', count }),
    });
    return null;
  } catch (error) {
    return errorMessage(translated(error, `cannot take out ${job.content.path}`));
  }
}

function send(message: FromExtractor): void {
  parentPort?.postMessage(message);
}
