import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FILE_SIZE_MAX, PART_SIZE, PART_SIZE_MAX } from '../../src/parts/constants.ts';
import {
  PART_NAME_LENGTH_MAX,
  parsePartFileName,
  partFileName,
  partName,
  partsFromNames,
} from '../../src/parts/names.ts';

test.each([
  ['model.embed_tokens.weight', 'model.embed_tokens.weight'],
  ['archive/data/0', 'archive_data_0'],
  ['', ''],
  ['..', '__'],
  ['.git', '_git'],
  ['weight.', 'weight_'],
  ['a b\tc\0d:e\\f', 'a_b_c_d_e_f'],
  ['naïve 😀', 'na_ve__'],
  [
    'conditioner.embedders.0.transformer.text_model.encoder.layers.10.self_attn.out_proj.weight',
    'conditioner.embedders.0.__text_model.encoder.layers.10.self_attn.out_proj.weight',
  ],
])('the name %j becomes %j', (name, expected) => {
  expect(partName(name)).toBe(expected);
});

test('any name becomes one that a part file can have', () => {
  const characters = fc.string({ unit: 'binary', maxLength: 200 });
  fc.assert(
    fc.property(fc.oneof(characters, fc.stringMatching(/^[.a-]{0,100}$/)), fc.nat(), (name, start) => {
      const plain = partName(name);
      expect(plain.length).toBeLessThanOrEqual(PART_NAME_LENGTH_MAX);
      expect(partName(plain)).toBe(plain);
      expect(parsePartFileName(partFileName({ start, name: plain }))).toEqual({ start, name: plain });
    }),
  );
});

test('reading and writing part file names are inverse', () => {
  const offset = fc.stringMatching(/^[0-9a-f]{12}$/);
  const name = fc.stringMatching(/^(-[A-Za-z0-9_-]([A-Za-z0-9._-]{0,78}[A-Za-z0-9_-])?)?$/);
  fc.assert(
    fc.property(offset, name, (digits, rest) => {
      const part = parsePartFileName(digits + rest);
      expect(partFileName(part!)).toBe(digits + rest);
    }),
  );
});

test.each([
  '',
  '0',
  '00000000000',
  '0000000000000',
  '00000000000A',
  '000000000000-',
  '000000000000-.git',
  '000000000000-a.',
  '000000000000-a/b',
  '000000000000-a b',
  '000000000000_a',
  '000000000000-a\n',
  ' 000000000000',
  `000000000000-${'a'.repeat(81)}`,
])('%j is no part file name', (fileName) => {
  expect(parsePartFileName(fileName)).toBeNull();
});

test.each([
  [-1, ''],
  [0.5, ''],
  [FILE_SIZE_MAX + 1, ''],
  [Number.NaN, ''],
  [0, '.'],
  [0, 'a/b'],
  [0, 'a'.repeat(81)],
])('a part at %d named %j has no file name', (start, name) => {
  expect(() => partFileName({ start, name })).toThrow(expect.objectContaining({ code: 'invalid' }));
});

test('a part at the largest offset has a file name', () => {
  expect(partFileName({ start: FILE_SIZE_MAX, name: 'a' })).toBe('ffffffffffff-a');
});

test('parts are read from the names in their folder', () => {
  const names = ['000000000000', '000000004d28-model.embed', '000000104d28-model.embed'];
  expect(partsFromNames(names, 0x104d28 + 5)).toEqual([
    { start: 0, size: 0x4d28, name: '' },
    { start: 0x4d28, size: PART_SIZE, name: 'model.embed' },
    { start: 0x104d28, size: 5, name: 'model.embed' },
  ]);
});

const FIRST = '000000000000';
const HUGE = (PART_SIZE_MAX + 1).toString(16).padStart(12, '0');

test.each([
  ['no names', [], 10],
  ['a first part behind 0', ['000000000001'], 10],
  ['one offset twice', [FIRST, '000000000004-a', '000000000004-b'], 10],
  ['names out of order', [FIRST, '000000000008', '000000000004'], 10],
  ['a last part at the end of the file', [FIRST, '00000000000a'], 10],
  ['a last part behind the end of the file', [FIRST, '00000000000b'], 10],
  ['a part that is too large', [FIRST, HUGE], PART_SIZE_MAX + 2],
  ['a last part that is too large', [FIRST], PART_SIZE_MAX + 1],
  ['a name that is none of a part', [FIRST, 'README.md'], 10],
  ['a file without bytes', [FIRST], 0],
])('%s in a parts folder is damage', (_, names, fileSize) => {
  expect(() => partsFromNames(names, fileSize)).toThrow(expect.objectContaining({ code: 'damaged' }));
});
