import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  BOUNDARIES_MAX,
  boundariesOf,
  RUN_PART_SIZE_MIN,
  SMALL_TENSOR_SIZE,
} from '../../src/parts/boundaries.ts';
import { PART_SIZE } from '../../src/parts/constants.ts';
import type { Span } from '../../src/parts/formats/layout.ts';
import { PADDING_SIZE_MAX, sectionsOf } from '../../src/parts/sections.ts';

const KIB = 1024;

function tensor(name: string, start: number, size: number): Span {
  return { kind: 'tensor', name, start, end: start + size };
}

function frame(start: number, end: number): Span {
  return { kind: 'frame', name: '', start, end };
}

/** Tensors that follow each other, as a list of their names and sizes. */
function row(...sizes: readonly (readonly [name: string, size: number])[]): { spans: Span[]; size: number } {
  let size = 0;
  const spans = sizes.map(([name, length]) => {
    size += length;
    return tensor(name, size - length, length);
  });
  return { spans, size };
}

function startsOf(spans: readonly Span[], size: number): number[] {
  return boundariesOf(sectionsOf(spans, size)).map((boundary) => boundary.start);
}

/** The names that parts begin with. */
function namesOf({ spans, size }: { spans: readonly Span[]; size: number }): string[] {
  return boundariesOf(sectionsOf(spans, size)).map((boundary) => boundary.name);
}

test('a large tensor is cut every MiB from its own start, and what is left is a part', () => {
  const spans = [
    frame(0, 100),
    tensor('a', 100, 2 * PART_SIZE + 5),
    tensor('b', 2 * PART_SIZE + 105, PART_SIZE),
  ];
  expect(boundariesOf(sectionsOf(spans, 3 * PART_SIZE + 105))).toEqual([
    { start: 0, name: '' },
    { start: 100, name: 'a' },
    { start: 100 + PART_SIZE, name: 'a' },
    { start: 100 + 2 * PART_SIZE, name: 'a' },
    { start: 105 + 2 * PART_SIZE, name: 'b' },
  ]);
});

test('a large header is cut every MiB', () => {
  const spans = [frame(0, 2 * PART_SIZE + 1), tensor('a', 2 * PART_SIZE + 1, 10)];
  expect(startsOf(spans, 2 * PART_SIZE + 11)).toEqual([0, PART_SIZE, 2 * PART_SIZE, 2 * PART_SIZE + 1]);
});

test('small tensors share a part, and a larger one ends the run', () => {
  const file = row(['a', 10], ['b', 20], ['large', SMALL_TENSOR_SIZE], ['c', 30], ['d', 40]);
  expect(namesOf(file)).toEqual(['a', 'large', 'c']);
});

test('the last piece of a large tensor is never shared', () => {
  const file = row(['large', PART_SIZE + 1], ['small', 1]);
  expect(startsOf(file.spans, file.size)).toEqual([0, PART_SIZE, PART_SIZE + 1]);
});

test('a run of small tensors of up to 1 MiB is one part', () => {
  const sizes = Array.from({ length: 32 }, (_, index) => [`t${index}`, 32 * KIB] as const);
  expect(namesOf(row(...sizes))).toEqual(['t0']);
});

test('a longer run is cut into parts within the limits, before the lowest CRC-32 of a name', () => {
  const sizes = Array.from({ length: 200 }, (_, index) => [`t${index}`, 40 * KIB] as const);
  const file = row(...sizes);
  const starts = startsOf(file.spans, file.size);
  for (const [index, start] of starts.slice(1).entries()) {
    const begin = starts[index]!;
    expect(start - begin).toBeGreaterThanOrEqual(RUN_PART_SIZE_MIN);
    expect(start - begin).toBeLessThanOrEqual(PART_SIZE);
    const choice = file.spans.filter(
      (span) => span.start >= begin + RUN_PART_SIZE_MIN && span.start <= begin + PART_SIZE,
    );
    const lowest = Math.min(...choice.map((span) => crc32(span.name)));
    expect(crc32(choice.find((span) => span.start === start)!.name)).toBe(lowest);
  }
  expect(file.size - starts.at(-1)!).toBeLessThanOrEqual(PART_SIZE);
});

test('after an early small tensor has grown, later runs are grouped as before', () => {
  const names = Array.from({ length: 600 }, (_, index) => `layers.${index}.norm.weight`);
  const sizes = (first: number) =>
    names.map((name, index) => [name, index === 0 ? first : 10 * KIB] as const);
  const before = namesOf(row(...sizes(1000)));
  const after = namesOf(row(...sizes(60 * KIB)));
  expect(before).toEqual([
    'layers.0.norm.weight',
    'layers.77.norm.weight',
    'layers.179.norm.weight',
    'layers.239.norm.weight',
    'layers.326.norm.weight',
    'layers.401.norm.weight',
    'layers.473.norm.weight',
    'layers.535.norm.weight',
  ]);
  expect(after.filter((name) => !before.includes(name)).length).toBeLessThanOrEqual(2);
  expect(after.slice(-4)).toEqual(before.slice(-4));
});

test('padding belongs to what it follows and does not begin a part', () => {
  const spans = [frame(0, 10), tensor('a', 16, PART_SIZE), tensor('b', PART_SIZE + 64, 70 * KIB)];
  expect(startsOf(spans, PART_SIZE + 64 + 70 * KIB + 9)).toEqual([0, 16, PART_SIZE + 64]);
});

test('a large hole is cut like a header, at either end of the file too', () => {
  const hole = PADDING_SIZE_MAX + 1;
  const spans = [tensor('a', hole, 10), tensor('b', 2 * hole + 10, 10)];
  expect(boundariesOf(sectionsOf(spans, 3 * hole + 20 + PART_SIZE))).toEqual([
    { start: 0, name: '' },
    { start: hole, name: 'a' },
    { start: hole + 10, name: '' },
    { start: 2 * hole + 10, name: 'b' },
    { start: 2 * hole + 20, name: '' },
    { start: 2 * hole + 20 + PART_SIZE, name: '' },
  ]);
});

test('spans that overlap or reach beyond the file are refused', () => {
  expect(() => sectionsOf([tensor('a', 0, 10), tensor('b', 9, 10)], 100)).toThrow();
  expect(() => sectionsOf([tensor('a', 0, 10), tensor('b', 0, 10)], 100)).toThrow();
  expect(() => sectionsOf([tensor('a', 0, 101)], 100)).toThrow();
});

test('more parts than the limit are refused', () => {
  const spans = [tensor('a', 0, BOUNDARIES_MAX * PART_SIZE)];
  expect(boundariesOf(sectionsOf(spans, BOUNDARIES_MAX * PART_SIZE))).toHaveLength(BOUNDARIES_MAX);
  const larger = [tensor('a', 0, BOUNDARIES_MAX * PART_SIZE + 1)];
  expect(() => boundariesOf(sectionsOf(larger, BOUNDARIES_MAX * PART_SIZE + 1))).toThrow();
});
