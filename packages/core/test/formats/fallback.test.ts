import {
  ggufFile,
  npzFile,
  onnxFiles,
  pseudoRandomBytes,
  pytorchFile,
  safetensorsFile,
  safetensorsHeader,
} from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { expectAbout, KIB, LAYERS, MIB, type Workbench, workbench } from './tensors.ts';

const SAFETENSORS = safetensorsFile(LAYERS).bytes;
const GGUF = ggufFile(LAYERS).bytes;
const DATA = pseudoRandomBytes('data', 3 * MIB);

/** Files that begin as one of a known format, and lie about themselves. */
const LIARS: Readonly<Record<string, Buffer>> = {
  'a safetensors file that was cut off': SAFETENSORS.subarray(0, 3 * MIB),
  'a safetensors file with something behind its last tensor': Buffer.concat([
    SAFETENSORS,
    Buffer.from('more'),
  ]),
  'a safetensors header longer than the file': patched(SAFETENSORS, (bytes) =>
    bytes.writeBigUInt64LE(2n ** 50n, 0),
  ),
  'a safetensors tensor of a pebibyte': safetensorsOf(
    '{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,1125899906842624]}}',
  ),
  'safetensors tensors that overlap': safetensorsOf(
    '{"a":{"dtype":"U8","shape":[1000000],"data_offsets":[0,1000000]},"b":{"dtype":"U8","shape":[1000000],"data_offsets":[999999,1999999]}}',
  ),
  'a GGUF file with more tensors than bytes': patched(GGUF, (bytes) => bytes.writeBigUInt64LE(2n ** 60n, 8)),
  'a GGUF file that was cut off': GGUF.subarray(0, 3 * MIB),
  'an archive whose directory is not where it says': patched(npzFile(LAYERS).bytes, (bytes) =>
    bytes.writeUInt32LE(12345, bytes.length - 6),
  ),
  'an archive that was cut off': pytorchFile(LAYERS).bytes.subarray(0, 4 * MIB),
};

describe('a file that lies about itself is cut by its content, and comes out as it went in', () => {
  test.each(Object.entries(LIARS))('%s', async (_, bytes) => {
    using bench = await workbench();
    await bench.store({ 'model.bin': bytes });
    expectContentDefined(bench, 'model.bin.parts');
    // As with anything else that is cut by its content, an insertion costs a part or two.
    const inserted = Buffer.concat([Buffer.from('X'), bytes]);
    const { bytes: stored } = await bench.store({ 'model.bin': inserted });
    expect(stored).toBeLessThan(bytes.length);
  });

  test('ONNX data about which its graph lies', async () => {
    using bench = await workbench();
    const { model, data } = onnxFiles(LAYERS);
    await bench.store({ 'model.onnx': model, 'model.onnx.data': data.subarray(0, data.length - MIB) });
    expectContentDefined(bench, 'model.onnx.data.parts');
  });

  test('ONNX data whose graph is damaged, elsewhere or not there', async () => {
    using bench = await workbench();
    const { model, data } = onnxFiles(LAYERS);
    await bench.store({ 'model.onnx.data': data });
    expectContentDefined(bench, 'model.onnx.data.parts');
    await bench.store({ 'model.onnx': model.subarray(0, 200), 'model.onnx.data': data });
    expectContentDefined(bench, 'model.onnx.data.parts');
    await bench.store({ 'other/model.onnx': model, 'model.onnx.data': data });
    expectContentDefined(bench, 'model.onnx.data.parts');
    await bench.store({ 'model.onnx': model, 'model.onnx.data': data });
    expect(bench.partNames('model.onnx.data.parts').some((name) => name.endsWith('-head.weight'))).toBe(true);
  });
});

test('a name says nothing: weights are known by their bytes', async () => {
  using bench = await workbench();
  await bench.store({ 'weights.txt': SAFETENSORS });
  expect(bench.partNames('weights.txt.parts').some((name) => name.endsWith('-head.weight'))).toBe(true);
  expectAbout(await bench.store({ 'model.safetensors': SAFETENSORS }), 0);
});

test('names of tensors that no file could have become names of parts that every disk takes', async () => {
  using bench = await workbench();
  const names = ['../../etc/passwd', '.git', 'a/b:c*?"<>|', 'ü'.repeat(200), 'con', '-rf', ' '];
  const tensors = names.map((name, index) => ({ name, dtype: 'F16', shape: [128 + index, KIB] }));
  await bench.store({ 'm.safetensors': safetensorsFile(tensors).bytes, 'm.gguf': ggufFile(tensors).bytes });
  for (const folder of ['m.safetensors.parts', 'm.gguf.parts']) {
    expect(bench.partNames(folder).every((name) => /^[0-9a-f]{12}(-[A-Za-z0-9._-]{1,80})?$/.test(name))).toBe(
      true,
    );
    expect(bench.partNames(folder).length).toBeGreaterThan(names.length);
  }
});

function expectContentDefined(bench: Workbench, folder: string): void {
  const names = bench.partNames(folder);
  expect(names.filter((name) => !/^[0-9a-f]{12}$/.test(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(1);
}

function safetensorsOf(json: string): Buffer {
  return Buffer.concat([safetensorsHeader(json), DATA]);
}

function patched(bytes: Buffer, patch: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  patch(copy);
  return copy;
}
