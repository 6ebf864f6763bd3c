import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ggufFile } from '../../src/model-files/gguf.ts';
import type { ModelFile, TensorSpec } from '../../src/model-files/model-file.ts';
import { npzFile } from '../../src/model-files/npz.ts';
import { onnxFiles } from '../../src/model-files/onnx.ts';
import { bf16Weights, f32Weights, pseudoRandomBytes } from '../../src/model-files/pseudo-random.ts';
import { pytorchFile } from '../../src/model-files/pytorch.ts';
import { safetensorsFile } from '../../src/model-files/safetensors.ts';
import { zipFile } from '../../src/model-files/zip.ts';

const TENSORS: readonly TensorSpec[] = [
  { name: 'a.weight', dtype: 'F32', shape: [30, 10], bytes: pseudoRandomBytes('a', 1200) },
  { name: 'b', dtype: 'F16', shape: [7], bytes: pseudoRandomBytes('b', 14) },
];

const FILES: Readonly<Record<string, Buffer>> = {
  'model.safetensors': safetensorsFile(TENSORS, { metadata: { format: 'pt' } }).bytes,
  'model.gguf': ggufFile(TENSORS, {
    alignment: 64,
    metadata: {
      'general.architecture': { type: 'string', value: 'llama' },
      tokens: { type: 'array', of: 'string', values: [{ type: 'string', value: 'é' }] },
    },
  }).bytes,
  'model.npz': npzFile(TENSORS).bytes,
  'model.pt': pytorchFile(TENSORS).bytes,
  'model.onnx': onnxFiles(TENSORS, { alignment: 4096 }).model,
  'model.onnx.data': onnxFiles(TENSORS, { alignment: 4096 }).data,
};

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

test('files are the ones that NumPy, safetensors, gguf, onnx and Python read back when they were checked by hand', () => {
  const digests = Object.fromEntries(Object.entries(FILES).map(([name, bytes]) => [name, sha256(bytes)]));
  expect(digests).toEqual({
    'model.gguf': '07c90a8ad75820062f399e0b94db9ca01017589ac53d5b8a63ab8f0cee46a777',
    'model.npz': '8c364a26504845362e60cca3405e09ad73620e72c5ce31a79bc5315814517e10',
    'model.onnx': 'f553a345f0ab71d6c8ac0ffa7ad096af1c1a6b33fb5789a8200636993c267f96',
    'model.onnx.data': '8dbf1b192b6b539870550e285332d037bb71a1f3a97204558fdd0408be8825d1',
    'model.pt': '919824edbb626791e50575bf1ac9b0826e4de3e17970248c826903bdfdc6e3a6',
    'model.safetensors': '41fac0c75770a26e1c5802f7fbd4d960f821cf3a34d9e17dfdd24f0862afda2e',
  });
});

test.each<[string, ModelFile]>([
  ['safetensors', safetensorsFile(TENSORS)],
  ['gguf', ggufFile(TENSORS)],
  ['pytorch', withoutEntries(pytorchFile(TENSORS), ['archive/data/0', 'archive/data/1'])],
  ['onnx', { bytes: onnxFiles(TENSORS).data, tensors: onnxFiles(TENSORS).tensors }],
])('the ranges of a %s file hold the tensors', (_, { bytes, tensors }) => {
  for (const [index, { start, size }] of tensors.entries()) {
    expect(bytes.subarray(start, start + size)).toEqual(TENSORS[index]!.bytes);
  }
});

function withoutEntries(file: ModelFile, kept: readonly string[]): ModelFile {
  return { ...file, tensors: file.tensors.filter(({ name }) => kept.includes(name)) };
}

test('the ranges of an npz archive hold the arrays, deflated or not', () => {
  const stored = npzFile(TENSORS);
  const deflated = npzFile(TENSORS, { deflate: true });
  for (const [index, { start, size }] of stored.tensors.entries()) {
    const array = stored.bytes.subarray(start, start + size);
    expect(array.subarray(128)).toEqual(TENSORS[index]!.bytes);
    const range = deflated.tensors[index]!;
    expect(inflateRawSync(deflated.bytes.subarray(range.start, range.start + range.size))).toEqual(array);
  }
});

test('the data of every PyTorch entry is aligned to 64 bytes', () => {
  expect(pytorchFile(TENSORS).tensors.map(({ start }) => start % 64)).toEqual([0, 0, 0, 0, 0]);
});

test('an archive of nothing is an end record', () => {
  expect(zipFile([]).bytes).toHaveLength(22);
});

test('a tensor is made from the seed and its name, whatever is beside it', () => {
  const tensor = { name: 'b', dtype: 'F32', shape: [100] };
  const [alone, second] = [[tensor], [{ ...tensor, name: 'a' }, tensor]].map((tensors) => {
    const { bytes, tensors: ranges } = safetensorsFile(tensors, { seed: 7 });
    const { start, size } = ranges.at(-1)!;
    return bytes.subarray(start, start + size);
  });
  expect(second).toEqual(alone);
  expect(second).not.toEqual(safetensorsFile([tensor], { seed: 8 }).bytes.subarray(-400));
});

test('random bytes are the same for the same seed, and the longer begin like the shorter', () => {
  expect(sha256(pseudoRandomBytes('seed', 3_000_000))).toBe(
    '118edd45d07f2964feccc0bc335efe9a8080a0297592a310be2dad116da61fa4',
  );
  expect(pseudoRandomBytes(1, 3_000_000).subarray(0, 100)).toEqual(pseudoRandomBytes(1, 100));
  expect(pseudoRandomBytes(1, 100)).not.toEqual(pseudoRandomBytes(2, 100));
  expect(pseudoRandomBytes(1, 0)).toHaveLength(0);
});

test('weights are around 0 and spread like those of a trained layer', () => {
  const count = 100_000;
  const halves = new Uint16Array(bf16Weights(1, count).buffer);
  const bf16 = new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
  const f32 = new Float32Array(f32Weights(1, count).buffer);
  for (const weights of [bf16, f32]) {
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / count;
    const variance = weights.reduce((sum, weight) => sum + weight ** 2, 0) / count;
    expect(Math.abs(mean)).toBeLessThan(0.001);
    expect(Math.sqrt(variance)).toBeCloseTo(0.02, 3);
  }
});
