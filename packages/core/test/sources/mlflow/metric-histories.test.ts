import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lastMetricValue,
  parseMetricLine,
  readMetricFile,
} from '../../../src/sources/mlflow/folder/metric-file.ts';
import { HistoryBuilder, metricHistories } from '../../../src/sources/mlflow/metric-histories.ts';
import type { LoggedValue } from '../../../src/sources/mlflow/run.ts';
import { encodeMetricHistories } from '../../../src/versions/metric-history.ts';

function builderOf(values: Iterable<LoggedValue>): HistoryBuilder {
  const builder = new HistoryBuilder();
  for (const value of values) builder.add(value);
  return builder;
}

/** A curve that falls, with one peak. */
function* curve(length: number): IterableIterator<LoggedValue> {
  for (let step = 0; step < length; step += 1)
    yield { step, time: step, value: step === 777 ? 99 : 1 / (step + 1) };
}

const anyValue = fc.record({
  step: fc.integer({ min: -5, max: 50 }),
  time: fc.integer({ min: 0, max: 50 }),
  value: fc.double(),
});

describe('the history of a metric', () => {
  it('keeps first, last and every peak of a million values, in a few hundred points', () => {
    const { metrics } = metricHistories(new Map([['loss', builderOf(curve(1_000_000))]]));
    const { count, points } = metrics.loss!;
    expect(count).toBe(1_000_000);
    expect(points.length).toBeLessThanOrEqual(500);
    expect([points[0]!.step, points.at(-1)!.step]).toEqual([0, 999_999]);
    expect(points.map(({ value }) => value)).toContain(99);
  });

  it('is in the order of its steps, without repetitions, whatever the order in which it was logged', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 40 }), (values) => {
        const { metrics } = metricHistories(new Map([['m', builderOf([...values, ...values])]]));
        const { points = [], count = 0 } = metrics.m ?? {};
        const sorted = points.toSorted((a, b) => a.step - b.step || a.time - b.time);
        expect(points).toEqual(sorted);
        const distinct = new Set(
          values.map(({ step, time, value }) => `${step} ${time} ${Object.is(value, -0) ? '-0' : value}`),
        );
        expect(count === 0 ? distinct.size <= 1 : count <= values.length && count >= distinct.size).toBe(
          true,
        );
      }),
    );
  });

  it('is left out when the metric was logged once', () => {
    expect(metricHistories(new Map([['once', builderOf([{ step: 0, time: 1, value: 2 }])]]))).toEqual({
      metrics: {},
      omitted: 0,
    });
  });

  it('stays small with many metrics, and says how many were left out', () => {
    const many = new Map(Array.from({ length: 1_200 }, (_, index) => [`m${index}`, builderOf(curve(100))]));
    const histories = metricHistories(many);
    expect(histories.omitted).toBe(200);
    expect(encodeMetricHistories(histories).length).toBeLessThan(512 * 1024);
    const usual = new Map(
      Array.from({ length: 20 }, (_, index) => [`system/metric_${index}`, builderOf(curve(10_000))]),
    );
    expect(encodeMetricHistories(metricHistories(usual)).length).toBeLessThan(64 * 1024);
  });
});

describe('the file of a metric', () => {
  it.each([
    ['1700000000000 0.5 3', { time: 1700000000000, value: 0.5, step: 3 }],
    ['1700000000000 1e-05', { time: 1700000000000, value: 1e-5, step: 0 }],
    ['1 nan 2 more of the future', { time: 1, value: Number.NaN, step: 2 }],
    ['1 -inf 2', { time: 1, value: -Infinity, step: 2 }],
    ['1 2.5 -1\r', { time: 1, value: 2.5, step: -1 }],
    ['1 many 2', null],
    ['1  2', null],
    ['', null],
    ['1', null],
    ['one 2 3', null],
    ['1 2 9999999999999999999', null],
    ['1 2 0.5', null],
    ['1 1e999 2', null],
  ])('has the line %j', (line, value) => {
    expect(parseMetricLine(line)).toEqual(value);
  });

  it('gives its last value by step, time and value, not by place', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'm');
    writeFileSync(path, '5 1 7\n3 2 8\n9 3 1\n4 2.5 8\nhalf a li');
    expect(lastMetricValue(path)).toEqual({ time: 4, value: 2.5, step: 8 });
  });

  it('is read over the borders of chunks, and lines of any length do no harm', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'm');
    const lines = Array.from(
      { length: 60_000 },
      (_, step) => `${1_700_000_000_000 + step} ${step / 7} ${step}`,
    );
    writeFileSync(
      path,
      `${lines.slice(0, 30_000).join('\n')}\n${'x'.repeat(1_000_000)}\n${lines.slice(30_000).join('\n')}\n`,
    );
    const values: LoggedValue[] = [];
    readMetricFile(path, (value) => values.push(value));
    expect(values.map(({ step }) => step)).toEqual([...lines.keys()]);
    expect(lastMetricValue(path)?.step).toBe(59_999);
  });
});
