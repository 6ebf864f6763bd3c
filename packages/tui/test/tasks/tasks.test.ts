import { CairnError } from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { speedOf, withSample } from '../../src/tasks/rate.ts';
import { progressParts, taskLine } from '../../src/tasks/task-rows.ts';
import { createTaskStore, type TaskWork } from '../../src/tasks/task-store.ts';
import { plainText } from '../../src/text/line.ts';

function store() {
  let milliseconds = 0;
  const clock = { now: () => new Date(0), clock: () => milliseconds };
  const ended: string[] = [];
  const tasks = createTaskStore(clock, ({ state }) => ended.push(state));
  return { tasks, ended, pass: (ms: number) => (milliseconds += ms) };
}

type Run = TaskWork<string>['run'];

const work = (run: Run): TaskWork<string> => ({
  kind: 'add',
  subject: 'm@v1',
  run,
  outcome: (result) => ({ lines: [result] }),
});

const progress = (done: number, total = 1000) =>
  ({ phase: 'storing', done, total, files: { done: 1, total: 3 } }) as const;

describe('a task', () => {
  test('runs to its end, and says what came of it', async () => {
    const { tasks, ended } = store();
    const result = tasks.start(work(async () => 'added it'));
    expect(plainText(taskLine(tasks.snapshot()[0]!))).toBe('◌ adding m@v1');
    expect(await result).toBe('added it');
    expect(plainText(taskLine(tasks.snapshot()[0]!))).toBe('✓ added it');
    expect(ended).toEqual(['done']);
  });

  test('fails without rejecting, and keeps the error', async () => {
    const { tasks } = store();
    const result = tasks.start(
      work(() => Promise.reject(new CairnError('no-space', 'no room', { hint: 'free some' }))),
    );
    expect(await result).toBeNull();
    expect(tasks.snapshot()[0]).toMatchObject({
      state: 'failed',
      failure: { code: 'no-space', message: 'no room', hint: 'free some' },
    });
    expect(plainText(taskLine(tasks.snapshot()[0]!))).toBe('✗ adding m@v1: no room');
  });

  test('is cancelled by its signal, and is cancelling until it has ended', async () => {
    const { tasks, ended } = store();
    let stop = () => {};
    const result = tasks.start(
      work(
        ({ signal }) =>
          new Promise((_, reject) => {
            stop = () => reject(new CairnError('cancelled', String(signal.aborted)));
          }),
      ),
    );
    tasks.cancel(1);
    expect(tasks.snapshot()[0]!.state).toBe('cancelling');
    stop();
    expect(await result).toBeNull();
    expect(tasks.snapshot()[0]!.state).toBe('cancelled');
    expect(ended).toEqual(['cancelled']);
    tasks.clear();
    expect(tasks.snapshot()).toEqual([]);
  });

  test('all of them end before a session does', async () => {
    const { tasks } = store();
    const until: Run = ({ signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(new CairnError('cancelled', 'cancelled'))),
      );
    void tasks.start(work(until));
    void tasks.start(work(until));
    await tasks.end();
    expect(tasks.snapshot().map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  });
});

describe('progress', () => {
  test('reaches the screen now and then, with speed and time left', async () => {
    const { tasks, pass } = store();
    const seen: string[] = [];
    tasks.subscribe(() => {
      const [task] = tasks.snapshot();
      if (task?.progress) seen.push(progressParts(task).join(' | '));
    });
    await tasks.start(
      work(async ({ onProgress }) => {
        onProgress(progress(0));
        for (let step = 1; step <= 10; step += 1) {
          pass(99);
          onProgress(progress(step * 10));
        }
        return 'done';
      }),
    );
    expect(seen[0]).toBe('0% | 0 B of 1000 B | file 2 of 3');
    // Ten reports in a second, of which every other one comes too early.
    expect(seen.filter((text) => !text.startsWith('0%'))).toHaveLength(6);
    expect(seen).toContain('6% | 60 B of 1000 B | 101 B/s | 10 s left | file 2 of 3');
  });

  test('the speed is that of the last seconds', () => {
    let samples = withSample([], { at: 0, done: 0 });
    expect(speedOf(samples)).toBeNull();
    for (let second = 1; second <= 10; second += 1) {
      const done = second <= 5 ? second * 100 : 500 + (second - 5) * 10;
      samples = withSample(samples, { at: second * 1000, done });
    }
    expect(speedOf(samples)).toBe(10);
  });
});
