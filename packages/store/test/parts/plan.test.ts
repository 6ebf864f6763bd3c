import {
  ggufFile,
  type ModelFile,
  npzFile,
  onnxFiles,
  pseudoRandomBytes,
  pytorchFile,
  safetensorsFile,
  type TensorSpec,
  zipFile,
} from '@cairn/testkit';
import { expect, test } from 'vitest';
import { PART_SIZE, PART_SIZE_MAX } from '../../src/parts/constants.ts';
import type { Part } from '../../src/parts/part.ts';
import { planOnnxExternal, planParts } from '../../src/parts/plan.ts';
import { cut, goldenDigest, headOf, newParts } from './cutting.ts';

/** Two layers of a small transformer, some 6 MiB. */
function layers(first: Partial<TensorSpec> = {}): TensorSpec[] {
  return [0, 1].flatMap((layer): TensorSpec[] => [
    { name: `l${layer}.q`, dtype: 'F16', shape: [1024, 777], ...(layer === 0 ? first : {}) },
    { name: `l${layer}.mlp`, dtype: 'F16', shape: [512, 1500] },
    { name: `l${layer}.norm`, dtype: 'F32', shape: [512] },
    { name: `l${layer}.bias`, dtype: 'F32', shape: [33] },
  ]);
}

const EXTRA: TensorSpec = { name: 'adapter', dtype: 'F16', shape: [300, 1001] };
const CHANGED = { bytes: pseudoRandomBytes('changed', 1024 * 777 * 2) };

type Builder = (tensors: readonly TensorSpec[]) => ModelFile;

const FORMATS: readonly [format: string, build: Builder][] = [
  ['safetensors', safetensorsFile],
  ['GGUF', ggufFile],
  ['npz', npzFile],
  ['PyTorch', pytorchFile],
  ['ZIP64', (tensors) => zipFile(tensors.map(entryOf), { zip64: 'everything' })],
];

function entryOf({ name, shape, bytes }: TensorSpec): { name: string; bytes: Uint8Array } {
  return {
    name,
    bytes:
      bytes ??
      pseudoRandomBytes(
        name,
        shape.reduce((product, size) => product * size, 2),
      ),
  };
}

function expectSound(parts: readonly Part[], size: number): void {
  let position = 0;
  for (const part of parts) {
    expect(part.start).toBe(position);
    expect(part.size).toBeGreaterThan(0);
    expect(part.size).toBeLessThanOrEqual(PART_SIZE_MAX);
    position += part.size;
  }
  expect(position).toBe(size);
}

test.each(FORMATS)('every large tensor of a %s file begins a part', (_, build) => {
  const file = build(layers());
  const parts = cut(file.bytes);
  expectSound(parts, file.bytes.length);
  for (const tensor of file.tensors.filter((range) => range.size > PART_SIZE)) {
    const starts = parts.map((part) => part.start);
    expect(starts).toContain(tensor.start);
    expect(starts).toContain(tensor.start + PART_SIZE);
  }
});

test.each(
  FORMATS,
)('a changed tensor of a %s file changes its own parts and the directory alone', (_, build) => {
  const before = cut(build(layers()).bytes);
  const after = cut(build(layers(CHANGED)).bytes);
  const changed = newParts(before, after);
  expect(changed.length).toBeLessThanOrEqual(5);
  expect(changed.reduce((total, part) => total + part.size, 0)).toBeLessThan(2 * PART_SIZE);
});

test.each(
  FORMATS,
)('a new tensor at the beginning of a %s file leaves the parts of the others', (_, build) => {
  const before = cut(build(layers()).bytes);
  const after = cut(build([EXTRA, ...layers()]).bytes);
  const changed = newParts(before, after);
  const own = ['adapter', 'adapter.npy', 'archive_data_0'];
  const foreign = changed.filter((part) => part.size > 70_000 && !own.includes(part.name));
  expect(foreign).toEqual([]);
});

test('a PyTorch file shares the parts of its tensors with the same model as safetensors', () => {
  const both = newParts(cut(safetensorsFile(layers()).bytes), cut(pytorchFile(layers()).bytes));
  expect(both.filter((part) => part.size > 10_000)).toEqual([]);
});

test('a longer pickle leaves the storages of a PyTorch file, although it moves their padding', () => {
  const before = cut(pytorchFile(layers(), { pickle: Buffer.alloc(1000) }).bytes);
  for (const size of [1001, 1017, 1063, 5000]) {
    const after = cut(pytorchFile(layers(), { pickle: Buffer.alloc(size) }).bytes);
    expect(newParts(before, after).filter((part) => part.size > 10_000)).toEqual([]);
  }
});

test('more metadata leaves the tensors of a safetensors file', () => {
  const before = cut(safetensorsFile(layers()).bytes);
  const after = cut(safetensorsFile(layers(), { metadata: { note: 'x'.repeat(3000) } }).bytes);
  expect(newParts(before, after).map((part) => part.start)).toEqual([0]);
});

test('parts are named after their tensors', () => {
  const parts = cut(safetensorsFile(layers()).bytes);
  expect(parts.map((part) => part.name)).toEqual([
    ...['', 'l0.q', 'l0.q', 'l0.mlp', 'l0.mlp', 'l0.norm'],
    ...['l1.q', 'l1.q', 'l1.mlp', 'l1.mlp', 'l1.norm'],
  ]);
});

test('boundaries of every format never change', () => {
  const digests = Object.fromEntries(
    FORMATS.map(([format, build]) => [format, goldenDigest(cut(build(layers()).bytes))]),
  );
  expect(digests).toEqual({
    GGUF: '1bc8c8afdf7813cd7d210ba6c0701227ec7e2ea9b5255fe01199f0366d99d766',
    PyTorch: '7b041eccfd4639a75da42db3f5276ec9b069dae66036b7205a2d40e1d3eefcb6',
    ZIP64: '4e075591a51991711c1a39b4dc02ce454f02cb7914066ded80b0d632fa27702e',
    npz: '0a0e6f4be1db50bae76aeba4a58cc2337a15a84b0818a3dfe7c365c157d60693',
    safetensors: '3ba14b2b6f1e1d420a6865c524dfe6b105597044f62393301c269eaf0f9fb40c',
  });
});

test('a file of no known format is cut by its content', () => {
  const bytes = pseudoRandomBytes('unknown', 3 * PART_SIZE);
  expect(planParts(headOf(bytes), bytes.length)).toEqual({ kind: 'content-defined' });
});

test.each([0, 1, 4, 8, 9, 30])('a file of %d bytes needs no format', (size) => {
  expect(planParts(headOf(Buffer.alloc(size)), size)).toEqual({ kind: 'content-defined' });
});

test('a plan can be sent to a worker thread', () => {
  const bytes = safetensorsFile(layers()).bytes;
  const plan = planParts(headOf(bytes), bytes.length);
  expect(structuredClone(plan)).toEqual(plan);
});

test('failures to read the file are not taken for a header that lies', () => {
  const failing = () => {
    throw new Error('input/output error');
  };
  expect(() => planParts(failing, 1000)).toThrow('input/output error');
});

test('only the header of a file is read', () => {
  const { bytes, tensors } = safetensorsFile(layers());
  let last = 0;
  planParts((offset, length) => {
    last = Math.max(last, offset + length);
    return bytes.subarray(offset, offset + length);
  }, bytes.length);
  expect(last).toBe(tensors[0]!.start);
});

test('the data file of an ONNX model is cut at its tensors', () => {
  const { model, data, tensors } = onnxFiles(layers(), { alignment: 4096, location: 'weights/model.data' });
  const plan = planOnnxExternal(model, 'weights/model.data', data.length)!;
  const parts = cut(data, plan);
  expectSound(parts, data.length);
  const large = tensors.filter((tensor) => tensor.size > PART_SIZE);
  expect(large.every((tensor) => parts.some((part) => part.start === tensor.start))).toBe(true);
  expect(goldenDigest(parts)).toBe('321e7c7cc6e01dad955ec957589db75cece277d26da9ea8f77e37dc92101749e');
});

test('a changed tensor of an ONNX model changes its own parts alone', () => {
  const [before, after] = [onnxFiles([EXTRA, ...layers()]), onnxFiles(layers(CHANGED))].map(
    ({ model, data }) => cut(data, planOnnxExternal(model, 'model.onnx.data', data.length)!),
  );
  expect(newParts(before!, after!).map((part) => part.name)).toEqual(['l0.q', 'l0.q']);
});

test('a file that an ONNX model does not name, or is shorter than it says, is not planned by it', () => {
  const { model, data } = onnxFiles(layers());
  expect(planOnnxExternal(model, 'other.data', data.length)).toBeNull();
  expect(planOnnxExternal(model, 'model.onnx.data', data.length - 1)).toBeNull();
  expect(planOnnxExternal(Buffer.from('no model at all'), 'model.onnx.data', data.length)).toBeNull();
});
