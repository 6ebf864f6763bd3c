import { pseudoRandomBytes } from '@cairn/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PART_SIZE, PART_SIZE_MAX } from '../../src/parts/constants.ts';
import { createCutter } from '../../src/parts/cutter.ts';
import type { Part, PartPlan } from '../../src/parts/part.ts';

const SAMPLE = pseudoRandomBytes('slices', 5 * PART_SIZE);

const PLANS: readonly PartPlan[] = [
  { kind: 'content-defined' },
  { kind: 'fixed', size: 700_001 },
  {
    kind: 'listed',
    boundaries: [0, 8, 9, PART_SIZE, 2 * PART_SIZE + 1, SAMPLE.length - 1].map((start) => ({
      start,
      name: `t${start}`,
    })),
  },
];

function cutInSlices(plan: PartPlan, slices: readonly number[]): Part[] {
  const cutter = createCutter(plan);
  const parts: Part[] = [];
  let from = 0;
  for (const size of [...slices, SAMPLE.length]) {
    parts.push(...cutter.push(SAMPLE.subarray(from, from + size)));
    from += size;
  }
  return [...parts, ...cutter.end()];
}

test.each(PLANS)('a $kind plan cuts the same parts however the bytes are sliced', (plan) => {
  const whole = cutInSlices(plan, []);
  const slice = fc.oneof(fc.nat(40), fc.nat(2 * PART_SIZE));
  fc.assert(
    fc.property(fc.array(slice, { maxLength: 40 }), (slices) => {
      expect(cutInSlices(plan, slices)).toEqual(whole);
    }),
    { numRuns: 25 },
  );
});

test.each(PLANS)('a $kind plan cuts the same parts when bytes come one by one around the cuts', (plan) => {
  const whole = cutInSlices(plan, []);
  const ones = new Array<number>(200).fill(1);
  for (const part of whole.slice(1)) {
    expect(cutInSlices(plan, [Math.max(0, part.start - 100), ...ones])).toEqual(whole);
  }
});

test.each(PLANS)('the parts of a $kind plan fill the file from 0 to its end', (plan) => {
  let position = 0;
  for (const part of cutInSlices(plan, [])) {
    expect(part.start).toBe(position);
    position += part.size;
  }
  expect(position).toBe(SAMPLE.length);
});

test('a part is given out with the push that completes it', () => {
  const cutter = createCutter({ kind: 'fixed', size: 4 });
  expect(cutter.push(Buffer.alloc(3))).toEqual([]);
  expect(cutter.push(Buffer.alloc(1))).toEqual([{ start: 0, size: 4, name: '' }]);
  expect(cutter.push(Buffer.alloc(9))).toEqual([
    { start: 4, size: 4, name: '' },
    { start: 8, size: 4, name: '' },
  ]);
  expect(cutter.end()).toEqual([{ start: 12, size: 1, name: '' }]);
});

test('a file without bytes has no parts', () => {
  expect(createCutter({ kind: 'content-defined' }).end()).toEqual([]);
  expect(createCutter({ kind: 'fixed', size: 1 }).end()).toEqual([]);
});

test('a file that ends before a listed boundary has changed', () => {
  const boundaries = [0, 10, 20].map((start) => ({ start, name: '' }));
  const cutter = createCutter({ kind: 'listed', boundaries });
  cutter.push(Buffer.alloc(20));
  expect(() => cutter.end()).toThrow(expect.objectContaining({ code: 'changed' }));
});

test('a file that goes on beyond the largest part after the last listed boundary has changed', () => {
  const cutter = createCutter({ kind: 'listed', boundaries: [{ start: 0, name: '' }] });
  cutter.push(Buffer.alloc(PART_SIZE_MAX));
  expect(() => cutter.push(Buffer.alloc(1))).toThrow(expect.objectContaining({ code: 'changed' }));
});

test.each([
  [[]],
  [[1]],
  [[0, 0]],
  [[0, 5, 4]],
  [[0, 1.5]],
  [[0, Number.NaN]],
  [[0, PART_SIZE_MAX + 1]],
])('boundaries %j are no plan', (starts) => {
  const boundaries = starts.map((start) => ({ start, name: '' }));
  expect(() => createCutter({ kind: 'listed', boundaries })).toThrow(
    expect.objectContaining({ code: 'invalid' }),
  );
});

test.each([0, -1, 0.5, PART_SIZE_MAX + 1, Number.NaN])('parts of %d bytes are no plan', (size) => {
  expect(() => createCutter({ kind: 'fixed', size })).toThrow(expect.objectContaining({ code: 'invalid' }));
});
