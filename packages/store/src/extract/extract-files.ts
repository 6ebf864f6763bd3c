import { availableParallelism } from 'node:os';
import { StoreError, translated } from '../errors.ts';
import { HashingThread, inlineHash } from '../ingest/hashing.ts';
import type { Repository } from '../repository/open.ts';
import { errorFromMessage, startThread, type Thread } from '../threads/thread.ts';
import { BufferRing } from './buffer-ring.ts';
import type { ExtractData, FromExtractor, ToExtractor } from './extract-messages.ts';
import { type FileJob, type FileJobOptions, runFileJob } from './file-job.ts';

/** Below this, starting threads costs more than they bring. */
const THREADS_FROM = { bytes: 24 * 1024 * 1024, files: 4000 };

const THREADS_MAX = 4;

/** Files handed to a thread at once, unless their bytes come to more than the second figure first. */
const BATCH = { files: 128, bytes: 8 * 1024 * 1024 };

export interface ExtractOptions {
  readonly signal?: AbortSignal;
  /** Checks each object against its name as well as each file against its SHA-256. */
  readonly checkObjects?: boolean;
  readonly onProgress?: (done: { readonly bytes: number; readonly files: number }) => void;
}

/** A file that could not be given out whole, by its number in the jobs given. */
export interface FailedJob {
  readonly number: number;
  readonly error: StoreError;
}

/**
 * Checks files against their SHA-256, and writes those that say where. Goes on after a damaged file; what
 * failed comes back. A disk that refuses to be written to ends it all, by throwing.
 */
export async function extractFiles(
  repository: Repository,
  jobs: readonly FileJob[],
  options: ExtractOptions = {},
): Promise<FailedJob[]> {
  const run = new Run(jobs, options);
  await wayFor(jobs)(repository, run);
  return run.failed;
}

/**
 * Many files are spread over threads, each of which reads, hashes and writes. With one file that is as large as all
 * others together that would leave the others idle, and with two threads it gains nothing: then this thread reads and
 * writes, and another one hashes.
 */
function wayFor(jobs: readonly FileJob[]): (repository: Repository, run: Run) => Promise<void> {
  const sizes = jobs.map(({ content }) => content.size);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (jobs.length >= THREADS_FROM.files) return extractInThreads;
  if (bytes < THREADS_FROM.bytes) return extractInline;
  const largest = sizes.reduce((max, size) => Math.max(max, size), 0);
  return threadCount(jobs) <= 2 || largest >= bytes / 2 ? extractBeside : extractInThreads;
}

function threadCount(jobs: readonly FileJob[]): number {
  return Math.min(availableParallelism(), THREADS_MAX, jobs.length);
}

type Means = Pick<FileJobOptions, 'buffers' | 'openHash'>;

function extractInline(repository: Repository, run: Run): Promise<void> {
  return extractHere(repository, run, { buffers: new BufferRing(1), openHash: inlineHash });
}

/** Bytes from which the SHA-256 of a file is worth the messages to another thread. */
const BESIDE_FROM = 1024 * 1024;

/** One is filled, one waits and one is hashed. */
const BUFFERS_BESIDE = 3;

async function extractBeside(repository: Repository, run: Run): Promise<void> {
  const hashing = new HashingThread();
  try {
    await extractHere(repository, run, {
      buffers: new BufferRing(BUFFERS_BESIDE),
      openHash: (size) => (size < BESIDE_FROM ? inlineHash() : hashing.open()),
    });
  } finally {
    await hashing.stop();
  }
}

async function extractHere({ objects }: Repository, run: Run, means: Means): Promise<void> {
  const checkObjects = run.options.checkObjects ?? false;
  const options = { ...means, checkObjects, onBytes: (count: number) => run.bytes(count) };
  for (let batch = run.nextBatch(); batch; batch = run.nextBatch()) {
    for (const { number, job } of batch) {
      const failure = await runFileJob(objects, job, options).then(
        () => null,
        (error) => translated(error, `cannot take out ${job.content.path}`),
      );
      run.file(number, failure);
    }
  }
}

async function extractInThreads({ gitDir }: Repository, run: Run): Promise<void> {
  const data: ExtractData = { gitDir, checkObjects: run.options.checkObjects ?? false };
  const threads: Thread<ToExtractor>[] = [];
  try {
    await Promise.all(
      Array.from({ length: threadCount(run.jobs) }, () => extractInThread(data, run, threads)),
    );
  } finally {
    // Where one has failed, the others are in the middle of it: nobody writes any more once the caller hears of it.
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}

/** Starts one more thread, which works until there is no further batch. */
function extractInThread(data: ExtractData, run: Run, threads: Thread<ToExtractor>[]): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const thread = startThread<ToExtractor, FromExtractor>(import.meta.url, 'extract-thread', data, {
      onMessage: (message) => {
        try {
          if (message.kind === 'bytes') run.bytes(message.count);
          else if (message.kind === 'file')
            run.file(message.number, message.error && errorFromMessage(message.error));
          else next();
        } catch (error) {
          reject(error);
        }
      },
      onBroken: reject,
    });
    threads.push(thread);
    const next = () => {
      const batch = run.nextBatch();
      if (batch) thread.post({ jobs: batch });
      else resolve();
    };
    next();
  });
}

/** What is left to do and what came of it, shared by the threads. */
class Run {
  readonly jobs: readonly FileJob[];
  readonly options: ExtractOptions;
  readonly failed: FailedJob[] = [];
  readonly #done = { bytes: 0, files: 0 };
  #next = 0;

  constructor(jobs: readonly FileJob[], options: ExtractOptions) {
    this.jobs = jobs;
    this.options = options;
  }

  nextBatch(): ToExtractor['jobs'] | null {
    this.#checkCancelled();
    const batch: { number: number; job: FileJob }[] = [];
    let bytes = 0;
    while (this.#next < this.jobs.length && batch.length < BATCH.files && bytes < BATCH.bytes) {
      const job = this.jobs[this.#next]!;
      batch.push({ number: this.#next, job });
      bytes += job.content.size;
      this.#next += 1;
    }
    return batch.length > 0 ? batch : null;
  }

  bytes(count: number): void {
    this.#checkCancelled();
    this.#done.bytes += count;
    this.options.onProgress?.({ ...this.#done });
  }

  file(number: number, error: StoreError | null): void {
    if (error && !isDamage(error)) throw error;
    if (error) this.failed.push({ number, error });
    this.#done.files += 1;
  }

  #checkCancelled(): void {
    if (this.options.signal?.aborted) throw new StoreError('cancelled', 'taking files out was cancelled');
  }
}

/** What is wrong with the file alone, and says nothing about the next one. */
function isDamage({ code }: StoreError): boolean {
  return code === 'damaged' || code === 'hostile' || code === 'not-found';
}
