import type { Progress } from '@cairn/core';
import { expect, test } from 'vitest';
import { createMeter } from '../../src/progress/meter.ts';

function drawn(reports: readonly { at: number; done: number; phase?: Progress['phase'] }[]): string[] {
  const lines: string[] = [];
  let now = 0;
  const meter = createMeter({ clock: () => now, columns: () => 100, draw: (line) => lines.push(line) });
  for (const { at, done, phase = 'storing' } of reports) {
    now = at;
    meter({ phase, done, total: 10_000 * 1024, files: { done: 0, total: 0 } });
  }
  return lines;
}

test('at most ten lines a second are drawn, however many reports come', () => {
  const reports = Array.from({ length: 2001 }, (_, at) => ({ at, done: at }));
  expect(drawn(reports)).toHaveLength(20);
});

test('work that is done at once draws nothing', () => {
  expect(
    drawn([
      { at: 20, done: 1 },
      { at: 90, done: 2 },
    ]),
  ).toEqual([]);
});

test('the speed is that of the last seconds, and is not guessed before half a second', () => {
  const lines = drawn([
    { at: 0, done: 0 },
    { at: 200, done: 200 * 1024 },
    { at: 1000, done: 1000 * 1024 },
    { at: 2000, done: 1000 * 1024 },
    { at: 3000, done: 1000 * 1024 },
    { at: 4000, done: 1000 * 1024 },
    { at: 5000, done: 1000 * 1024 },
  ]);
  expect(lines[0]).not.toContain('/s');
  expect(lines[1]).toContain('1.0 MiB/s');
  expect(lines.at(-1)).toContain('0 B/s');
  expect(lines.at(-1)).not.toContain('left');
});

test('another phase starts with a speed of its own', () => {
  const lines = drawn([
    { at: 0, done: 0 },
    { at: 1000, done: 1000 * 1024 },
    { at: 1200, done: 10 * 1024, phase: 'verifying' },
  ]);
  expect(lines[0]).toContain('/s');
  expect(lines[1]).toMatch(/^verifying/);
  expect(lines[1]).not.toContain('/s');
});
