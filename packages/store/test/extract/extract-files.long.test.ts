import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { git } from '@cairn/testkit';
import { describe, expect, test, vi } from 'vitest';
import { extractFiles } from '../../src/extract/extract-files.ts';
import type { FileJob } from '../../src/extract/file-job.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { MIB, noise } from '../ingest/fixture.ts';
import { NO_SMALL_DISK, smallDisk } from '../ingest/small-disk.ts';
import { type ExtractFixture, extractFixture, sha256Of } from './fixture.ts';

/** Counts threads, of which there are several also where there are few cores. */
const watchedThreads = vi.hoisted(() => ({ threads: { started: 0, stopped: 0 } }));

vi.mock('node:os', async (original) => ({ ...(await original<object>()), availableParallelism: () => 3 }));

vi.mock('../../src/threads/thread.ts', async (original) => {
  const module = await original<typeof import('../../src/threads/thread.ts')>();
  const { threads } = watchedThreads;
  const startThread: typeof module.startThread = (...args) => {
    threads.started += 1;
    const thread = module.startThread(...args);
    const stop = async () => {
      await thread.stop();
      threads.stopped += 1;
    };
    return { ...thread, stop } as never;
  };
  return { ...module, startThread };
});

/** Sizes on both sides of what is worth threads, and files of which none is as large as all others together. */
const WAYS = {
  'on the calling thread': [3 * MIB],
  'with SHA-256 beside': [25 * MIB],
  'by threads': [9 * MIB, 8 * MIB, 8 * MIB],
} as const;

function contentsOf([largest, ...others]: readonly number[]): Buffer[] {
  return [
    noise(largest!),
    noise(0),
    noise(1),
    noise(MIB),
    noise(MIB + 1, 'more'),
    Buffer.from('text\n'.repeat(500)),
    ...others.map((size, index) => noise(size, `other ${index}`)),
  ];
}

function jobsTo(fixture: ExtractFixture, folder: string): FileJob[] {
  mkdirSync(folder, { recursive: true });
  return fixture.contents.map((content, index) => ({
    content,
    write: { to: join(folder, content.path), executable: index % 2 === 1 },
  }));
}

describe.each(Object.entries(WAYS))('taking files out %s', (_, sizes) => {
  const contents = contentsOf(sizes);

  test('gives every byte, the flag, and says how far it has come', async () => {
    using fixture = await extractFixture(contents);
    const out = fixture.place('out');
    const told: { bytes: number; files: number }[] = [];
    const failed = await extractFiles(fixture.repository, jobsTo(fixture, out), {
      onProgress: (done) => told.push(done),
    });
    expect(failed).toEqual([]);
    for (const [index, bytes] of contents.entries()) {
      const path = join(out, `${index}`);
      expect(readFileSync(path).equals(bytes)).toBe(true);
      expect((statSync(path).mode & 0o100) !== 0).toBe(index % 2 === 1);
    }
    expect(told.at(-1)!.bytes).toBe(contents.reduce((sum, { length }) => sum + length, 0));
    expect(told.map(({ bytes }) => bytes)).toEqual(told.map(({ bytes }) => bytes).sort((a, b) => a - b));
  });

  test('checks without writing, and names the part that is damaged when asked to', async () => {
    using fixture = await extractFixture(contents);
    const jobs = fixture.contents.map((content) => ({ content }));
    expect(await extractFiles(fixture.repository, jobs)).toEqual([]);
    damagePart(fixture, 0);
    expect(await extractFiles(fixture.repository, jobs)).toMatchObject([
      {
        number: 0,
        error: { code: 'damaged', message: expect.stringContaining('0 is damaged: expected SHA-256') },
      },
    ]);
    const { id } = fixture.contents[0]!.parts[1]!;
    expect(await extractFiles(fixture.repository, jobs, { checkObjects: true })).toMatchObject([
      { number: 0, error: { code: 'damaged', message: expect.stringContaining(id) } },
    ]);
  });

  test('goes on after files that are damaged, missing or not what they should be', async () => {
    using fixture = await extractFixture(contents);
    const out = fixture.place('out');
    const jobs = jobsTo(fixture, out);
    const wrong = (index: number, change: (job: FileJob) => FileJob['content']) => {
      jobs[index] = { ...jobs[index]!, content: change(jobs[index]!) };
    };
    wrong(1, ({ content }) => ({ ...content, sha256: sha256Of(Buffer.from('other')) }));
    wrong(3, ({ content }) => ({
      ...content,
      parts: [{ ...content.parts[0]!, id: '1'.repeat(40) as ObjectId }],
    }));
    wrong(5, ({ content }) => ({ ...content, parts: [{ ...content.parts[0]!, size: content.size + 1 }] }));
    const failed = await extractFiles(fixture.repository, jobs);
    const found = failed.map(({ number, error }) => [number, error.name, error.code]).sort();
    expect(found).toEqual([
      [1, 'StoreError', 'damaged'],
      [3, 'StoreError', 'not-found'],
      [5, 'StoreError', 'damaged'],
    ]);
    for (const index of [0, 2, 4])
      expect(readFileSync(join(out, `${index}`)).equals(contents[index]!)).toBe(true);
  });

  test('ends when it is cancelled, before it began or in the middle', async () => {
    using fixture = await extractFixture(contents);
    const controller = new AbortController();
    const jobs = jobsTo(fixture, fixture.place('out'));
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    const cancelled = { name: 'StoreError', code: 'cancelled' };
    await expect(extractFiles(fixture.repository, jobs, options)).rejects.toMatchObject(cancelled);
    await expect(extractFiles(fixture.repository, jobs, options)).rejects.toMatchObject(cancelled);
    expect(existsSync(fixture.place('out'))).toBe(true);
  });

  test('ends when whoever watches throws', async () => {
    using fixture = await extractFixture(contents);
    const onProgress = () => {
      throw new TypeError('of the watcher');
    };
    const jobs = jobsTo(fixture, fixture.place('out'));
    await expect(extractFiles(fixture.repository, jobs, { onProgress })).rejects.toThrow('of the watcher');
  });

  test('writes over nothing', async () => {
    using fixture = await extractFixture(contents);
    const out = fixture.place('out');
    const jobs = jobsTo(fixture, out);
    writeFileSync(join(out, '0'), 'mine');
    await expect(extractFiles(fixture.repository, jobs)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'exists',
    });
    expect(readFileSync(join(out, '0'), 'utf8')).toBe('mine');
  });

  test('says that the disk is full', async (context) => {
    using disk = smallDisk(2 * MIB);
    if (disk === null) return context.skip(NO_SMALL_DISK);
    using fixture = await extractFixture(contents);
    const full = {
      name: 'StoreError',
      code: 'no-space',
      message: expect.stringContaining('the disk is full'),
    };
    await expect(extractFiles(fixture.repository, jobsTo(fixture, disk.path))).rejects.toMatchObject(full);
  });

  test('works from what Git has packed anew', async () => {
    using fixture = await extractFixture(contents);
    const ids = fixture.contents.flatMap(({ parts }) => parts.map(({ id }) => id));
    const packed = git(
      fixture.gitDir,
      ['pack-objects', '-q', '--window=5', 'objects/pack/pack'],
      ids.join('\n'),
    );
    for (const name of readdirSync(join(fixture.gitDir, 'objects/pack'))) {
      if (!name.includes(packed.toString().trim())) rmSync(join(fixture.gitDir, 'objects/pack', name));
    }
    const jobs = fixture.contents.map((content) => ({ content }));
    expect(await extractFiles(fixture.repository, jobs, { checkObjects: true })).toEqual([]);
  });
});

test('once a failure is heard of, no thread is at work any more', async () => {
  const { threads } = watchedThreads;
  using fixture = await extractFixture([noise(20 * MIB, 'a'), noise(20 * MIB, 'b'), noise(20 * MIB, 'c')]);
  const controller = new AbortController();
  const watching = { signal: controller.signal, onProgress: () => controller.abort() };
  const extracted = extractFiles(fixture.repository, jobsTo(fixture, fixture.place('out')), watching);
  await expect(extracted).rejects.toMatchObject({ code: 'cancelled' });
  expect(threads.started).toBeGreaterThan(1);
  expect(threads.stopped).toBe(threads.started);
});

test('thousands of tiny files go through threads by their number alone', async () => {
  using fixture = await extractFixture(
    Array.from({ length: 20 }, (_, index) => Buffer.from(`file ${index}\n`)),
  );
  const jobs = Array.from({ length: 4100 }, (_, index) => ({ content: fixture.contents[index % 20]! }));
  jobs[4090] = { content: { ...jobs[4090]!.content, sha256: sha256Of(Buffer.from('other')) } };
  const told: number[] = [];
  const failed = await extractFiles(fixture.repository, jobs, {
    onProgress: ({ files }) => told.push(files),
  });
  expect(failed.map(({ number, error }) => [number, error.code])).toEqual([[4090, 'damaged']]);
  expect(told.length).toBe(4100);
});

/** Flips a bit in the second part of a file, in the one pack that there is. */
function damagePart({ contents, repository, gitDir }: ExtractFixture, index: number): void {
  const { id } = contents[index]!.parts[1]!;
  const [pack] = repository.objects
    .packs()
    .filter((each) => each.index.find(Buffer.from(id, 'hex')) !== null);
  const offset = pack!.index.find(Buffer.from(id, 'hex'))! + 1000;
  const path = join(gitDir, 'objects/pack', `${pack!.name}.pack`);
  const byte = readFileSync(path)[offset]!;
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.of(byte ^ 1), 0, 1, offset);
  closeSync(fd);
}
