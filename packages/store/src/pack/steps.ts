import { inflateExactly, inflateExactlyAsync } from './inflate.ts';
import { readLooseFile, readLooseFileAsync } from './loose-file.ts';
import type { OpenFiles } from './open-files.ts';

/**
 * What reading an object needs from outside. How an object is found and decoded is written once, as a generator
 * of these steps; it runs synchronously in worker threads and asynchronously elsewhere.
 */
export type Step =
  /** Fills `into` from a pack. */
  | { readonly do: 'read'; readonly path: string; readonly offset: number; readonly into: Buffer }
  /** The bytes from an offset to the end of its page, at least one; they are shared and must not be changed. */
  | { readonly do: 'page'; readonly path: string; readonly offset: number }
  /** The first bytes of a loose object's file, at most `lengthMax` of them. */
  | { readonly do: 'load'; readonly path: string; readonly lengthMax: number }
  | { readonly do: 'inflate'; readonly stream: Buffer; readonly size: number };

export type Reading<T> = Generator<Step, T, Buffer>;

/** Runs a reading to its end on this thread. */
export function runSync<T>(files: OpenFiles, reading: Reading<T>): T {
  let turn = reading.next();
  while (!turn.done) {
    let answer: Buffer;
    try {
      answer = takeStep(files, turn.value);
    } catch (error) {
      turn = reading.throw(error);
      continue;
    }
    turn = reading.next(answer);
  }
  return turn.value;
}

function takeStep(files: OpenFiles, step: Step): Buffer {
  switch (step.do) {
    case 'read':
      return files.readSync(step.path, step.into, step.offset);
    case 'page':
      return files.readPageSync(step.path, step.offset);
    case 'load':
      return readLooseFile(step.path, step.lengthMax);
    case 'inflate':
      return inflateExactly(step.stream, step.size);
  }
}

/** Runs a reading to its end with its input, output and unpacking off this thread. */
export async function runAsync<T>(files: OpenFiles, reading: Reading<T>): Promise<T> {
  let turn = reading.next();
  while (!turn.done) {
    let answer: Buffer;
    try {
      answer = await takeStepAsync(files, turn.value);
    } catch (error) {
      turn = reading.throw(error);
      continue;
    }
    turn = reading.next(answer);
  }
  return turn.value;
}

/** Below this, handing the work to another thread costs more than the work: 64 KiB, about 0.1 ms. */
const INFLATE_HERE_MAX = 64 * 1024;

async function takeStepAsync(files: OpenFiles, step: Step): Promise<Buffer> {
  switch (step.do) {
    case 'read':
      return files.read(step.path, step.into, step.offset);
    case 'page':
      return files.readPage(step.path, step.offset);
    case 'load':
      return readLooseFileAsync(step.path, step.lengthMax);
    case 'inflate':
      if (step.size > INFLATE_HERE_MAX) return inflateExactlyAsync(step.stream, step.size);
      return inflateExactly(step.stream, step.size);
  }
}
