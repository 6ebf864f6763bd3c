import {
  ggufFile,
  onnxFiles,
  pytorchFile,
  safetensorsFile,
  safetensorsHeader,
  zipFile,
} from '@cairn/testkit';
import { expect, test } from 'vitest';
import { planOnnxExternal, planParts } from '../../src/parts/plan.ts';
import { describeWeights } from '../../src/parts/weights.ts';
import { headOf } from './cutting.ts';

const NORM = { name: 'norm', dtype: 'F32', shape: [64] } as const;
const HEAD = { name: 'head', dtype: 'F16', shape: [32, 4] } as const;
const DATA_SIZE = 512;

function expectContentDefined(bytes: Buffer): void {
  expect(planParts(headOf(bytes), bytes.length)).toEqual({ kind: 'content-defined' });
  expect(describeWeights(headOf(bytes), bytes.length)).toBeNull();
}

function safetensorsWith(json: string): Buffer {
  return Buffer.concat([safetensorsHeader(json), Buffer.alloc(DATA_SIZE)]);
}

function entry(from: number, to: number, rest = '"dtype":"F32","shape":[64]'): string {
  return `{${rest},"data_offsets":[${from},${to}]}`;
}

const TRUE_PAIR = `{"a":${entry(0, 256)},"b":${entry(256, 512)}}`;

test('the header that the lies below are made from is true', () => {
  const bytes = safetensorsWith(TRUE_PAIR);
  expect(planParts(headOf(bytes), bytes.length).kind).toBe('listed');
});

test.each([
  ['a tensor beyond the end', `{"a":${entry(0, 256)},"b":${entry(512, 768)}}`],
  ['bytes that belong to no tensor at the end', `{"a":${entry(0, 256)}}`],
  ['a hole between tensors', `{"a":${entry(0, 128, '"dtype":"F32","shape":[32]')},"b":${entry(256, 512)}}`],
  ['overlapping tensors', `{"a":${entry(0, 256)},"b":${entry(128, 384)}}`],
  [
    'two tensors on the same bytes',
    `{"a":${entry(0, 512, '"dtype":"U8","shape":[512]')},"b":${entry(0, 512, '"dtype":"U8","shape":[512]')}}`,
  ],
  ['one name for two tensors', `{"a":${entry(0, 256)},"a":${entry(256, 512)}}`],
  ['one name twice by an escape', `{"a":${entry(0, 256)},"\\u0061":${entry(256, 512)}}`],
  ['offsets in reverse', `{"a":${entry(0, 256)},"b":${entry(512, 256)}}`],
  ['a negative offset', `{"a":${entry(-256, 256)},"b":${entry(256, 512)}}`],
  [
    'an offset that is no integer',
    `{"a":${entry(0, 256)},"b":{"dtype":"F32","shape":[64],"data_offsets":[256,512.0]}}`,
  ],
  ['an offset of 2^60', `{"a":${entry(0, 256)},"b":${entry(256, 2 ** 60)}}`],
  ['three offsets', `{"a":${entry(0, 256)},"b":{"dtype":"F32","shape":[64],"data_offsets":[256,512,512]}}`],
  ['no offsets', `{"a":${entry(0, 256)},"b":{"dtype":"F32","shape":[64]}}`],
  ['no dtype', `{"a":${entry(0, 512, '"shape":[512]')}}`],
  [
    'a shape that does not fit',
    `{"a":${entry(0, 256)},"b":${entry(256, 512, '"dtype":"F32","shape":[65]')}}`,
  ],
  [
    'a dtype that does not fit',
    `{"a":${entry(0, 256)},"b":${entry(256, 512, '"dtype":"F16","shape":[64]')}}`,
  ],
  [
    'a shape beyond all numbers',
    `{"a":${entry(0, 512, `"dtype":"F32","shape":[${`${2 ** 52},`.repeat(30)}2]`)}}`,
  ],
  ['too many dimensions', `{"a":${entry(0, 512, `"dtype":"U8","shape":[${'1,'.repeat(64)}512]`)}}`],
  ['one field twice', `{"a":${entry(0, 512, '"dtype":"U8","dtype":"I8","shape":[512]')}}`],
  ['metadata twice', `{"__metadata__":{},"__metadata__":{},${TRUE_PAIR.slice(1)}`],
  ['metadata that is no text', `{"__metadata__":{"a":1},${TRUE_PAIR.slice(1)}`],
  ['an array', '[]'],
  ['nothing', '{}'],
  ['no end', TRUE_PAIR.slice(0, -1)],
  ['a comma too many', `${TRUE_PAIR.slice(0, -1)},}`],
  ['something behind it', `${TRUE_PAIR}{}`],
  ['a string without end', '{"a'],
  ['an escape at the end', '{"\\'],
  ['an unknown escape', TRUE_PAIR.replace('"a"', '"\\x"')],
  ['a control character in a name', TRUE_PAIR.replace('"a"', '"\n"')],
  ['a word that is none', `{"a":${entry(0, 512, '"dtype":"U8","shape":[512],"x":nil')}}`],
  ['a number with a leading zero', `{"a":${entry(0, 512, '"dtype":"U8","shape":[0512]')}}`],
  [
    'a value nested without end',
    `{"a":${entry(0, 512, `"dtype":"U8","shape":[512],"x":${'['.repeat(5000)}`)}}`,
  ],
  ['a name without measure', TRUE_PAIR.replace('"a"', `"${'a'.repeat(5000)}"`)],
])('a safetensors header with %s is not believed', (_, json) => {
  expectContentDefined(safetensorsWith(json));
});

test('a safetensors name that is no UTF-8 is not believed', () => {
  const bytes = safetensorsWith(TRUE_PAIR);
  bytes[bytes.indexOf('"a"') + 1] = 0xff;
  expectContentDefined(bytes);
});

test.each([
  0n,
  1n,
  2n ** 20n,
  100_000_001n,
  2n ** 53n,
  2n ** 60n,
  2n ** 64n - 1n,
])('a safetensors header of %d bytes is not believed', (length) => {
  const bytes = safetensorsWith(TRUE_PAIR);
  bytes.writeBigUInt64LE(length);
  expectContentDefined(bytes);
});

test('a header longer than the limit is not read, however large the file is', () => {
  const opening = Buffer.alloc(9, '{');
  opening.writeBigUInt64LE(2n ** 40n);
  let read = 0;
  const head = (offset: number, length: number) => {
    read += length;
    return offset === 0 ? opening.subarray(0, length) : Buffer.alloc(length);
  };
  expect(planParts(head, 2 ** 41)).toEqual({ kind: 'content-defined' });
  expect(read).toBeLessThan(100);
});

/** A GGUF file in which a number was replaced. */
function gguf(change: (bytes: Buffer) => void): Buffer {
  const { bytes } = ggufFile([NORM, HEAD], { metadata: { a: { type: 'array', of: 'string', values: [] } } });
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

/** Where the array's type begins: magic, version, two counts, a key of one letter, the type of the value. */
const ARRAY = 4 + 4 + 8 + 8 + 8 + 1 + 4;
/** Where the number of the first tensor's dimensions is: after the array's type and length, and the name. */
const FIRST = ARRAY + 4 + 8 + 8 + 4;

test.each<[string, (bytes: Buffer) => void]>([
  ['a version of the past', (bytes) => bytes.writeUInt32LE(1, 4)],
  ['a version of the future', (bytes) => bytes.writeUInt32LE(4, 4)],
  ['the other byte order', (bytes) => bytes.writeUInt32BE(3, 4)],
  ['2^60 tensors', (bytes) => bytes.writeBigUInt64LE(2n ** 60n, 8)],
  ['a tensor too many', (bytes) => bytes.writeBigUInt64LE(3n, 8)],
  ['2^64 - 1 keys', (bytes) => bytes.writeBigUInt64LE(2n ** 64n - 1n, 16)],
  ['a key too many', (bytes) => bytes.writeBigUInt64LE(2n, 16)],
  ['a key of 2^60 bytes', (bytes) => bytes.writeBigUInt64LE(2n ** 60n, 24)],
  ['an unknown value type', (bytes) => bytes.writeUInt32LE(13, ARRAY - 4)],
  ['an array of an unknown type', (bytes) => bytes.writeUInt32LE(99, ARRAY)],
  ['an array of 2^53 - 1 strings', (bytes) => bytes.writeBigUInt64LE(2n ** 53n - 1n, ARRAY + 4)],
  ['2^32 - 1 dimensions', (bytes) => bytes.writeUInt32LE(2 ** 32 - 1, FIRST)],
  ['a dimension of 2^52', (bytes) => bytes.writeBigUInt64LE(2n ** 52n, FIRST + 4)],
  ['a type too large for its place', (bytes) => bytes.writeUInt32LE(28, FIRST + 12)],
  ['a type whose blocks do not fit', (bytes) => bytes.writeUInt32LE(12, FIRST + 12)],
  ['an offset that is not aligned', (bytes) => bytes.writeBigUInt64LE(1n, FIRST + 16)],
  ['an offset of 2^60', (bytes) => bytes.writeBigUInt64LE(2n ** 60n, FIRST + 16)],
  ['an offset that makes tensors overlap', (bytes) => bytes.writeBigUInt64LE(128n, FIRST + 16)],
])('a GGUF header with %s is not believed', (_, change) => {
  const untouched = gguf(() => undefined);
  expect(planParts(headOf(untouched), untouched.length).kind).toBe('listed');
  expectContentDefined(gguf(change));
});

test('a GGUF file with one name for two tensors is not believed', () => {
  expectContentDefined(ggufFile([NORM, NORM]).bytes);
});

test.each([0, 3, 2 ** 21])('a GGUF file with an alignment of %d is not believed', (value) => {
  const { bytes } = ggufFile([NORM], { metadata: { 'general.alignment': { type: 'u32', value } } });
  expectContentDefined(bytes);
});

test('a GGUF tensor of a type that is not known reaches to the next one', () => {
  const bytes = gguf((copy) => copy.writeUInt32LE(1000, FIRST + 12));
  const weights = describeWeights(headOf(bytes), bytes.length);
  expect(weights?.tensors[0]).toMatchObject({ name: 'norm', dtype: 'type 1000', size: 256 });
});

const ENTRIES = [
  { name: 'a', bytes: Buffer.alloc(300, 'a') },
  { name: 'b', bytes: Buffer.alloc(200, 'b') },
];
const END = 22;
const CENTRAL = 46 + 1;

/** A ZIP archive in which a number was replaced; its end record and the last entry before it have known places. */
function zip(change: (bytes: Buffer, end: number) => void, zip64 = false): Buffer {
  const bytes = Buffer.from(zipFile(ENTRIES, zip64 ? { zip64: 'everything' } : {}).bytes);
  change(bytes, bytes.length - END);
  return bytes;
}

test.each<[string, (bytes: Buffer, end: number) => void]>([
  ['no end record', (bytes, end) => bytes.writeUInt32LE(0, end)],
  ['a comment longer than the file', (bytes, end) => bytes.writeUInt16LE(9, end + 20)],
  ['an entry too many', (bytes, end) => bytes.writeUInt16LE(3, end + 10)],
  ['an entry too few', (bytes, end) => bytes.writeUInt16LE(1, end + 10)],
  ['a directory of 2^32 - 2 bytes', (bytes, end) => bytes.writeUInt32LE(2 ** 32 - 2, end + 12)],
  ['a directory behind the end', (bytes, end) => bytes.writeUInt32LE(end, end + 16)],
  ['no signature at an entry', (bytes, end) => bytes.writeUInt32LE(0, end - CENTRAL)],
  ['an entry beyond the directory', (bytes, end) => bytes.writeUInt32LE(2 ** 31, end - CENTRAL + 42)],
  ['an entry where no local header is', (bytes, end) => bytes.writeUInt32LE(10, end - CENTRAL + 42)],
  ['two entries on the same bytes', (bytes, end) => bytes.writeUInt32LE(0, end - CENTRAL + 42)],
  ['an entry larger than the file', (bytes, end) => bytes.writeUInt32LE(2 ** 31, end - CENTRAL + 20)],
  ['an entry that reaches into the next', (bytes, end) => bytes.writeUInt32LE(400, end - 2 * CENTRAL + 20)],
  ['a ZIP64 number that is not there', (bytes, end) => bytes.writeUInt32LE(2 ** 32 - 1, end - CENTRAL + 42)],
  ['a local header longer than the file', (bytes) => bytes.writeUInt16LE(65535, 28)],
  ['a full count without ZIP64 records', (bytes, end) => bytes.writeUInt16LE(65535, end + 10)],
])('a ZIP archive with %s is not believed', (_, change) => {
  const untouched = zip(() => undefined);
  expect(planParts(headOf(untouched), untouched.length).kind).toBe('listed');
  expectContentDefined(zip(change));
});

test.each<[string, (bytes: Buffer, end: number) => void]>([
  ['no locator', (bytes, end) => bytes.writeUInt32LE(0, end - 20)],
  ['a locator that points behind the end', (bytes, end) => bytes.writeBigUInt64LE(2n ** 62n, end - 12)],
  ['a locator that points elsewhere', (bytes, end) => bytes.writeBigUInt64LE(0n, end - 12)],
  ['2^60 entries', (bytes, end) => bytes.writeBigUInt64LE(2n ** 60n, end - 20 - 56 + 32)],
  ['a directory of 2^50 bytes', (bytes, end) => bytes.writeBigUInt64LE(2n ** 50n, end - 20 - 56 + 40)],
  ['a directory that begins at 2^50', (bytes, end) => bytes.writeBigUInt64LE(2n ** 50n, end - 20 - 56 + 48)],
])('a ZIP64 archive with %s is not believed', (_, change) => {
  const untouched = zip(() => undefined, true);
  expect(planParts(headOf(untouched), untouched.length).kind).toBe('listed');
  expectContentDefined(zip(change, true));
});

test.each([
  ['safetensors', safetensorsFile([NORM, HEAD]).bytes],
  ['GGUF', ggufFile([NORM, HEAD]).bytes],
  ['PyTorch', pytorchFile([NORM, HEAD]).bytes],
])('a %s file that was cut off anywhere is never believed to be whole, nor an exception', (format, bytes) => {
  // Behind its last tensor GGUF has padding that a file may do without.
  const whole = format === 'GGUF' ? bytes.length - 31 : bytes.length;
  for (let size = 0; size < whole; size++) expectContentDefined(bytes.subarray(0, size));
});

test('an ONNX model whose tensors overlap is not believed', () => {
  const { model, data } = onnxFiles([NORM, HEAD]);
  const moved = Buffer.from(model);
  moved[moved.indexOf('256', moved.indexOf('head'))] = '1'.charCodeAt(0);
  expect(planOnnxExternal(model, 'model.onnx.data', data.length)?.kind).toBe('listed');
  expect(planOnnxExternal(moved, 'model.onnx.data', data.length)).toBeNull();
});
