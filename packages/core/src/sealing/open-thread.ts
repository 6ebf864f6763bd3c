import { parentPort, workerData } from 'node:worker_threads';
import { HashingThread, inlineHash, openRepository } from '@cairn/store';
import { asCairnError } from '../errors.ts';
import { type OpenJob, runOpenJob } from './open-file-job.ts';
import type { FromOpener, OpenData, OpenFailure, ToOpener } from './open-messages.ts';
import { SegmentOpener } from './segment-opener.ts';

/** Segments that may be hashed and written while another one is opened, and that one. */
const BUFFERS = 4;

/** Bytes between two reports of progress. */
const REPORTED_EVERY = 4 * 1024 * 1024;

const { gitDir, segmentSize, hashedApartFrom } = workerData as OpenData;
const { objects: store } = openRepository(gitDir);
const opener = new SegmentOpener(store, { segmentSize, buffers: BUFFERS, shared: true });
let hashing: HashingThread | undefined;

parentPort?.on('message', async ({ jobs, objects }: ToOpener) => {
  opener.provide(objects);
  for (const { number, job } of jobs) send({ kind: 'file', number, failure: await outcome(job) });
  send({ kind: 'idle' });
});

async function outcome(job: OpenJob): Promise<OpenFailure | null> {
  let unreported = 0;
  const report = (count: number, least: number) => {
    unreported += count;
    if (unreported < least || unreported === 0) return;
    send({ kind: 'bytes', count: unreported });
    unreported = 0;
  };
  try {
    await runOpenJob(opener, job, { hash: hashOf(job), onBytes: (count) => report(count, REPORTED_EVERY) });
    report(0, 0);
    return null;
  } catch (error) {
    const { code, message, hint, data } = asCairnError(error);
    return { code, message, hint, data };
  }
}

/** Of a file that is large enough it is computed beside the opening. */
function hashOf({ size }: OpenJob) {
  if (size < hashedApartFrom) return inlineHash();
  hashing ??= new HashingThread();
  return hashing.open();
}

function send(message: FromOpener): void {
  parentPort?.postMessage(message);
}
