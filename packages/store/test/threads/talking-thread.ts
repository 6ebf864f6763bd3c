import { parentPort, workerData } from 'node:worker_threads';

/** Answers with what it was told and what it was started with, or ends in one of the ways in which threads end. */
parentPort?.on('message', (message: string) => {
  if (message === 'throw') throw new RangeError('of the thread itself');
  if (message === 'exit') process.exit(3);
  if (message === 'loop') for (;;);
  parentPort?.postMessage({ said: message, with: workerData });
});
