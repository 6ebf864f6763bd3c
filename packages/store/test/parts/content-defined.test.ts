import { pseudoRandomBytes } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { PART_SIZE, PART_SIZE_MAX } from '../../src/parts/constants.ts';
import { CONTENT_PART_SIZE_MIN } from '../../src/parts/content-defined.ts';
import { gearTable } from '../../src/parts/gear.ts';
import { cut, goldenDigest, newParts } from './cutting.ts';

const CONTENT_DEFINED = { kind: 'content-defined' } as const;

test('the gear table is what the format says', () => {
  const gear = gearTable();
  expect([gear[0], gear[1], gear[255]]).toEqual([-1291629815, -191553528, 942235657]);
  expect(new Set(gear).size).toBe(256);
});

test('boundaries never change', () => {
  const parts = cut(pseudoRandomBytes('golden', 24 * PART_SIZE), CONTENT_DEFINED);
  expect(parts.map((part) => part.start)).toEqual([
    0, 1382936, 2588367, 3786615, 5234291, 6556548, 7839023, 9063814, 10282851, 11841701, 12907124, 14031850,
    15133721, 17289492, 18135515, 19230657, 20855605, 22014003, 23082268, 24651372,
  ]);
  expect(goldenDigest(parts)).toBe('8c0dd7d208e8ab02aef795f347f629b4b74302b6aeaff3cfae4cade72b39085a');
});

/** The algorithm without any of the shortcuts, on a whole file. */
function plainCuts(bytes: Buffer): number[] {
  const gear = gearTable();
  const starts = [0];
  let start = 0;
  let hash = 0;
  for (let index = 0; index < bytes.length - 1; index++) {
    hash = ((hash << 1) + gear[bytes[index]!]!) | 0;
    const size = index + 1 - start;
    const zeroBits = size <= PART_SIZE ? 22 : 18;
    const isEnd = size > CONTENT_PART_SIZE_MIN && hash >>> (32 - zeroBits) === 0;
    if (!isEnd && size < PART_SIZE_MAX) continue;
    start = index + 1;
    starts.push(start);
  }
  return starts;
}

test('boundaries are those of the plain algorithm', () => {
  const random = pseudoRandomBytes('plain', 12 * PART_SIZE);
  const bytes = Buffer.concat([random, Buffer.alloc(9 * PART_SIZE), random.subarray(0, 3 * PART_SIZE + 1)]);
  expect(cut(bytes, CONTENT_DEFINED).map((part) => part.start)).toEqual(plainCuts(bytes));
});

test('parts of random bytes are between the limits and about 1 MiB on average', () => {
  const parts = cut(pseudoRandomBytes('sizes', 64 * PART_SIZE), CONTENT_DEFINED);
  for (const part of parts.slice(0, -1)) {
    expect(part.size).toBeGreaterThanOrEqual(CONTENT_PART_SIZE_MIN);
    expect(part.size).toBeLessThanOrEqual(PART_SIZE_MAX);
  }
  const average = (64 * PART_SIZE) / parts.length;
  expect(average).toBeGreaterThan(0.8 * PART_SIZE);
  expect(average).toBeLessThan(1.5 * PART_SIZE);
});

test('bytes without variety are cut at the largest size, whatever byte they repeat', () => {
  for (let byte = 0; byte < 256; byte += 5) {
    const parts = cut(Buffer.alloc(PART_SIZE_MAX + 100, byte), CONTENT_DEFINED);
    expect(parts.map((part) => part.size)).toEqual([PART_SIZE_MAX, 100]);
  }
});

test('an insertion changes the parts around it and no others', () => {
  const before = pseudoRandomBytes('insertion', 32 * PART_SIZE);
  const place = 9 * PART_SIZE + 12345;
  for (const size of [1, 1000, PART_SIZE]) {
    const inserted = pseudoRandomBytes('inserted', size);
    const after = Buffer.concat([before.subarray(0, place), inserted, before.subarray(place)]);
    const changed = newParts(cut(before, CONTENT_DEFINED), cut(after, CONTENT_DEFINED));
    expect(changed.length).toBeLessThanOrEqual(5);
    for (const part of changed) expect(Math.abs(part.start - place)).toBeLessThan(6 * PART_SIZE);
  }
});

test('what is cut off at the beginning does not change the end', () => {
  const before = pseudoRandomBytes('beginning', 16 * PART_SIZE);
  const after = before.subarray(777_777);
  expect(newParts(cut(before, CONTENT_DEFINED), cut(after, CONTENT_DEFINED)).length).toBeLessThanOrEqual(4);
});
