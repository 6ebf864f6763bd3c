import { availableParallelism } from 'node:os';
import { sealedSize, streamKeysOf } from '@cairn/crypto';
import {
  inlineHash,
  inlineWriting,
  type PartRef,
  type Repository,
  startThread,
  type Thread,
} from '@cairn/store';
import { asCairnError, CairnError } from '../errors.ts';
import type { LazyRepository } from '../lazy/lazy-repository.ts';
import { partsBetween } from '../lazy/lazy-source.ts';
import { checkCancelled } from '../progress.ts';
import { type OpenJob, type OpenJobOptions, runOpenJob } from './open-file-job.ts';
import type { FromOpener, OpenData, ToOpener } from './open-messages.ts';
import type { SealedVersion } from './open-version.ts';
import { type ObjectToOpen, SegmentOpener } from './segment-opener.ts';

/** Below this, starting threads costs more than they bring. */
const THREADS_FROM = { bytes: 24 * 1024 * 1024, files: 4000 };

const THREADS_MAX = 4;

/** Below this a file is hashed and written sooner than handed over to other threads. Bytes. */
const APART_FROM = 8 * 1024 * 1024;

/** Files handed to a thread at once, unless their bytes come to more than the second figure first. */
const BATCH = { files: 128, bytes: 8 * 1024 * 1024 };

export interface OpenFilesOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: { readonly bytes: number; readonly files: number }) => void;
}

/** A file that could not be opened whole, by its number in the jobs given. */
export interface FailedOpening {
  readonly number: number;
  readonly error: CairnError;
}

/**
 * Opens files of a sealed version, each to its last byte and its SHA-256, and writes those that say where; several at
 * once when there is enough to do. Goes on after a damaged file; what failed comes back. A disk that refuses to be
 * written to ends it all, by throwing.
 */
export async function openFiles(
  repository: LazyRepository,
  version: SealedVersion,
  jobs: readonly OpenJob[],
  options: OpenFilesOptions = {},
): Promise<FailedOpening[]> {
  await repository.bring?.({ what: whatOf(version), parts: partsOf(version, jobs) });
  const run = new Run(version, jobs, options);
  const bytes = jobs.reduce((sum, { size }) => sum + size, 0);
  const threaded = jobs.length > 0 && (bytes >= THREADS_FROM.bytes || jobs.length >= THREADS_FROM.files);
  await (threaded ? openInThreads(repository, run) : openInline(repository, run));
  return run.failed;
}

function whatOf({ manifest: { model, version } }: SealedVersion): string {
  return `${model}@${version}`;
}

/** The stored parts that files are opened from: the beginnings of their objects, and where their extents lie. */
function partsOf(version: SealedVersion, jobs: readonly OpenJob[]): PartRef[] {
  const { segmentSize } = version.domain;
  const sealedSegment = sealedSize(2 * segmentSize, segmentSize) - sealedSize(segmentSize, segmentSize);
  const headers = new Map(version.manifest.objects.map(({ id, header }) => [id, header.length]));
  return jobs.flatMap(({ extents }) =>
    extents.flatMap(({ object, offset, length }) => {
      const parts = version.sealed.objects.get(object)?.content.parts ?? [];
      const header = headers.get(object) ?? 0;
      const place = (at: number) => header + Math.floor(at / segmentSize) * sealedSegment;
      const end = length === 0 ? 0 : place(offset + length - 1) + sealedSegment;
      return [...partsBetween(parts, 0, header), ...partsBetween(parts, place(offset), end)];
    }),
  );
}

async function openInline({ objects }: Repository, run: Run): Promise<void> {
  const opener = new SegmentOpener(objects, { segmentSize: run.segmentSize, buffers: 1 });
  const onBytes = (count: number) => run.bytes(count);
  const options: OpenJobOptions = { openHash: inlineHash, openWriting: inlineWriting, onBytes };
  try {
    for (let batch = run.nextBatch(); batch; batch = run.nextBatch()) {
      opener.provide(batch.objects);
      for (const { number, job } of batch.jobs) {
        run.file(number, await runOpenJob(opener, job, options).then(() => null, asCairnError));
      }
    }
  } finally {
    opener.close();
  }
}

async function openInThreads({ gitDir }: Repository, run: Run): Promise<void> {
  const cores = availableParallelism();
  const large = run.jobs.filter(({ size }) => size >= APART_FROM).length;
  // Where large files are fewer than cores, a file is better off with several threads.
  const apartFrom = large < cores ? APART_FROM : Number.POSITIVE_INFINITY;
  const data: OpenData = { gitDir, segmentSize: run.segmentSize, apartFrom };
  const count = Math.min(cores, THREADS_MAX);
  const threads: Thread<ToOpener>[] = [];
  try {
    const working: Promise<void>[] = [];
    while (working.length < count && run.hasMore) working.push(openInThread(data, run, threads));
    await Promise.all(working);
  } finally {
    // Where one has failed, the others are in the middle of it: nobody writes any more once the caller hears of it.
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}

/** Starts one more thread, which works until there is no further batch. */
function openInThread(data: OpenData, run: Run, threads: Thread<ToOpener>[]): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const next = () => {
      const batch = run.nextBatch();
      if (batch) thread.post(batch);
      else resolve();
    };
    const thread = startThread<ToOpener, FromOpener>(import.meta.url, 'open-thread', data, {
      onMessage: (message) => {
        try {
          if (message.kind === 'bytes') run.bytes(message.count);
          else if (message.kind === 'file')
            run.file(message.number, message.failure && errorFrom(message.failure));
          else next();
        } catch (error) {
          reject(error);
        }
      },
      onBroken: reject,
    });
    threads.push(thread);
    next();
  });
}

function errorFrom({
  code,
  message,
  hint,
  data,
}: NonNullable<Extract<FromOpener, { kind: 'file' }>['failure']>) {
  return new CairnError(code, message, { data, ...(hint !== undefined && { hint }) });
}

/** What is left to do and what came of it, shared by the threads. */
class Run {
  readonly jobs: readonly OpenJob[];
  readonly failed: FailedOpening[] = [];
  readonly #version: SealedVersion;
  readonly #options: OpenFilesOptions;
  readonly #done = { bytes: 0, files: 0 };
  readonly #objects = new Map<string, ObjectToOpen>();
  readonly #headers: ReadonlyMap<string, Uint8Array>;
  #next = 0;

  constructor(version: SealedVersion, jobs: readonly OpenJob[], options: OpenFilesOptions) {
    this.#version = version;
    this.jobs = jobs;
    this.#options = options;
    this.#headers = new Map(version.manifest.objects.map(({ id, header }) => [id, header]));
  }

  get segmentSize(): number {
    return this.#version.domain.segmentSize;
  }

  get hasMore(): boolean {
    return this.#next < this.jobs.length;
  }

  nextBatch(): ToOpener | null {
    checkCancelled(this.#options.signal);
    const batch: { number: number; job: OpenJob }[] = [];
    const objects: Record<string, ObjectToOpen> = {};
    let bytes = 0;
    while (this.#next < this.jobs.length && batch.length < BATCH.files && bytes < BATCH.bytes) {
      const number = this.#next;
      const job = this.jobs[number]!;
      this.#next += 1;
      try {
        for (const { object } of job.extents) objects[object] ??= this.#object(object);
        batch.push({ number, job });
        bytes += job.size;
      } catch (error) {
        this.file(number, asCairnError(error));
      }
    }
    return batch.length > 0 ? { jobs: batch, objects } : null;
  }

  bytes(count: number): void {
    checkCancelled(this.#options.signal);
    this.#done.bytes += count;
    this.#options.onProgress?.({ ...this.#done });
  }

  file(number: number, error: CairnError | null): void {
    if (error && !isDamage(error)) throw error;
    if (error) this.failed.push({ number, error });
    this.#done.files += 1;
  }

  /** Its keys come from its header as the manifest pins it, so that no other stream opens in its place. */
  #object(id: string): ObjectToOpen {
    const known = this.#objects.get(id);
    if (known !== undefined) return known;
    const { domain, sealed } = this.#version;
    const { key, header, baseNonce } = streamKeysOf(
      domain.stream({ kind: 'object', id }),
      this.#headers.get(id)!,
    );
    const object = { content: sealed.objects.get(id)!.content, header, key, baseNonce };
    this.#objects.set(id, object);
    return object;
  }
}

/** What is wrong with the file alone, and says nothing about the next one. */
function isDamage({ code }: CairnError): boolean {
  return code === 'damaged' || code === 'hostile' || code === 'not-found';
}
