import {
  ggufFile,
  npzFile,
  onnxFiles,
  pseudoRandomBytes,
  pytorchFile,
  safetensorsFile,
  zipFile,
} from '@cairn/testkit';
import { expect, test } from 'vitest';
import { describeWeights, readOnnxData } from '../../src/parts/weights.ts';
import { headOf } from './cutting.ts';

const NORM = { name: 'norm', dtype: 'F32', shape: [4] } as const;
const HEAD = { name: 'head', dtype: 'F16', shape: [3, 5] } as const;

function described(bytes: Buffer) {
  const weights = describeWeights(headOf(bytes), bytes.length);
  return weights && { ...weights, facts: Object.fromEntries(weights.facts) };
}

test('a safetensors file is described with its metadata', () => {
  const { bytes, tensors } = safetensorsFile([NORM, HEAD], { metadata: { format: 'pt', 'quote"': 'ünï\n' } });
  expect(described(bytes)).toEqual({
    format: 'safetensors',
    facts: { format: 'pt', 'quote"': 'ünï\n' },
    tensors: [
      { ...NORM, ...tensors[0] },
      { ...HEAD, ...tensors[1] },
    ],
  });
});

test('a safetensors file is described whatever order and white space its header has', () => {
  const json = ` {"__metadata__" : {} , "b":{"data_offsets":[4,6],\n"shape":[],"x":[{"y":null}],"dtype":"F16"},
    "a":{"dtype":"NEW","shape":[7],"data_offsets":[0,4]},"none":{"dtype":"F32","shape":[0,3],"data_offsets":[6,6]}} `;
  const header = Buffer.concat([Buffer.alloc(8), Buffer.from(json.trimStart()), Buffer.alloc(6)]);
  header.writeBigUInt64LE(BigInt(header.length - 14));
  const start = header.length - 6;
  expect(described(header)?.tensors).toEqual([
    { name: 'a', dtype: 'NEW', shape: [7], start, size: 4 },
    { name: 'b', dtype: 'F16', shape: [], start: start + 4, size: 2 },
    { name: 'none', dtype: 'F32', shape: [0, 3], start: start + 6, size: 0 },
  ]);
});

test.each([2, 3] as const)('a GGUF file of version %d is described with its metadata', (version) => {
  const quantized = { name: 'q', dtype: 'Q8_0', shape: [64, 2], bytes: pseudoRandomBytes('q', 4 * 34) };
  const { bytes, tensors } = ggufFile([NORM, quantized, HEAD], {
    version,
    alignment: 64,
    metadata: {
      'general.architecture': { type: 'string', value: 'llama' },
      'general.file_type': { type: 'u32', value: 7 },
      tokens: { type: 'array', of: 'string', values: [{ type: 'string', value: 'a' }] },
      nested: { type: 'array', of: 'array', values: [{ type: 'array', of: 'u8', values: [] }] },
      'rope.freq_base': { type: 'f32', value: 0.1 },
      flag: { type: 'bool', value: true },
      big: { type: 'u64', value: 2 ** 40 },
      template: { type: 'string', value: 'x'.repeat(9000) },
    },
  });
  expect(described(bytes)).toEqual({
    format: 'gguf',
    facts: {
      'general.architecture': 'llama',
      'general.file_type': '7',
      'general.alignment': '64',
      quantization: 'Q8_0',
      'rope.freq_base': '0.1',
      flag: 'true',
      big: '1099511627776',
      template: 'x'.repeat(1024),
    },
    tensors: [
      { ...NORM, ...tensors[0] },
      { name: 'q', dtype: 'Q8_0', shape: [64, 2], ...tensors[1] },
      { ...HEAD, ...tensors[2] },
    ],
  });
});

test('a stored npz archive is described with dtypes and shapes', () => {
  const { bytes, tensors } = npzFile([NORM, HEAD]);
  expect(described(bytes)).toEqual({
    format: 'npz',
    facts: {},
    tensors: [
      { ...tensors[0], dtype: '<f4', shape: [4] },
      { ...tensors[1], dtype: '<f2', shape: [3, 5] },
    ],
  });
});

test('a deflated npz archive is described by its entries alone', () => {
  const { bytes, tensors } = npzFile([NORM, HEAD], { deflate: true });
  expect(described(bytes)?.tensors).toEqual(tensors.map((range) => ({ ...range, dtype: null, shape: null })));
});

test('a PyTorch archive is described by its entries', () => {
  const { bytes, tensors } = pytorchFile([NORM, HEAD]);
  expect(described(bytes)?.format).toBe('pytorch');
  expect(described(bytes)?.tensors).toEqual(tensors.map((range) => ({ ...range, dtype: null, shape: null })));
});

test('an archive with a comment and with ZIP64 numbers everywhere is read', () => {
  const entries = [
    { name: 'a', bytes: Buffer.from('hello') },
    { name: 'b/c', bytes: Buffer.alloc(0) },
  ];
  const { bytes, tensors } = zipFile(entries, { zip64: 'everything' });
  bytes.writeUInt16LE(5, bytes.length - 2);
  const weights = described(Buffer.concat([bytes, Buffer.from('PK\x05\x06!')]));
  expect(weights).toMatchObject({ format: 'zip', tensors });
});

test('the data file of an ONNX model is described by the model', () => {
  const { model, data, tensors } = onnxFiles([NORM, HEAD], { alignment: 64 });
  expect(readOnnxData(model, 'model.onnx.data', data.length)?.weights).toEqual({
    format: 'onnx-data',
    facts: new Map(),
    tensors: [
      { name: 'norm', dtype: 'FLOAT', shape: [4], ...tensors[0] },
      { name: 'head', dtype: 'FLOAT16', shape: [3, 5], ...tensors[1] },
    ],
  });
});

test('two tensors of an ONNX model that share their bytes are one', () => {
  const { model, data } = onnxFiles([NORM]);
  // A graph that comes twice is merged, so its initializers are there twice.
  const twice = Buffer.concat([model, model]);
  expect(readOnnxData(twice, 'model.onnx.data', data.length)?.weights.tensors).toHaveLength(1);
});
