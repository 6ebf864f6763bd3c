import { parentPort, workerData } from 'node:worker_threads';
import { HashingThread, inlineHash, inlineWriting, openRepository, WritingThread } from '@cairn/store';
import { asCairnError } from '../errors.ts';
import { type OpenJob, type OpenMeans, runOpenJob } from './open-file-job.ts';
import type { FromOpener, OpenData, OpenFailure, ToOpener } from './open-messages.ts';
import { SegmentOpener } from './segment-opener.ts';

/** One is filled, one waits, and one is hashed and written. */
const BUFFERS = 3;

/** Bytes between two reports of progress. */
const REPORTED_EVERY = 4 * 1024 * 1024;

const { gitDir, segmentSize, apartFrom } = workerData as OpenData;
const { objects: store } = openRepository(gitDir);
const opener = new SegmentOpener(store, { segmentSize, buffers: BUFFERS, shared: true });
let hashing: HashingThread | undefined;
let writing: WritingThread | undefined;

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
    await runOpenJob(opener, job, { ...meansFor(job), onBytes: (count) => report(count, REPORTED_EVERY) });
    report(0, 0);
    return null;
  } catch (error) {
    const { code, message, hint, data } = asCairnError(error);
    return { code, message, hint, data };
  }
}

/** A file that is large enough is hashed and written beside the opening. */
function meansFor({ size }: OpenJob): OpenMeans {
  if (size < apartFrom) return { openHash: inlineHash, openWriting: inlineWriting };
  return {
    openHash: () => {
      hashing ??= new HashingThread();
      return hashing.open();
    },
    openWriting: (place) => {
      writing ??= new WritingThread();
      return writing.open(place);
    },
  };
}

function send(message: FromOpener): void {
  parentPort?.postMessage(message);
}
