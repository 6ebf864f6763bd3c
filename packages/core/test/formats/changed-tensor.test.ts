import {
  ggufFile,
  npzFile,
  onnxFiles,
  pseudoRandomBytes,
  pytorchFile,
  safetensorsFile,
  type TensorSpec,
} from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { expectAbout, type Files, KIB, LAYERS, MIB, tensor, withTensor, workbench } from './tensors.ts';

interface Format {
  /** A version's files with these tensors, and something about them in the metadata. */
  readonly build: (tensors: readonly TensorSpec[], metadata: string) => Files;
  /** The folder of parts of the file that the tensors are in. */
  readonly parts: string;
  /** What names of parts end with, for a tensor of this name. */
  readonly partName: (tensor: string) => string;
}

const FORMATS: Readonly<Record<string, Format>> = {
  safetensors: {
    build: (tensors, metadata) => ({
      'model.safetensors': safetensorsFile(tensors, { metadata: { metadata } }).bytes,
    }),
    parts: 'model.safetensors.parts',
    partName: (name) => `-${name}`,
  },
  GGUF: {
    build: (tensors, metadata) => ({
      'model.gguf': ggufFile(tensors, { metadata: { 'general.name': { type: 'string', value: metadata } } })
        .bytes,
    }),
    parts: 'model.gguf.parts',
    partName: (name) => `-${name}`,
  },
  'NumPy archive': {
    build: (tensors, metadata) => ({
      'model.npz': npzFile([{ name: metadata.slice(0, 200), dtype: 'F16', shape: [3] }, ...tensors]).bytes,
    }),
    parts: 'model.npz.parts',
    partName: (name) => `-${name}.npy`,
  },
  'PyTorch archive': {
    build: (tensors, metadata) => ({
      'model.pt': pytorchFile(tensors, { pickle: Buffer.from(metadata) }).bytes,
    }),
    parts: 'model.pt.parts',
    partName: (name) => `-archive_data_${LAYERS.findIndex((each) => each.name === name)}`,
  },
  'ONNX with external data': {
    build: (tensors, metadata) => {
      const { model, data } = onnxFiles(tensors, { location: 'weights/model.onnx.data', alignment: 4096 });
      return {
        'onnx/model.onnx': model,
        'onnx/weights/model.onnx.data': data,
        'onnx/notes.txt': Buffer.from(metadata),
      };
    },
    parts: 'onnx/weights/model.onnx.data.parts',
    partName: (name) => `-${name}`,
  },
};

const CHANGED = 'layer.1.weight';
const CHANGED_ROWS = 650;
const CHANGED_SIZE = CHANGED_ROWS * 2 * KIB;

describe.each(Object.entries(FORMATS))('%s', (_, { build, parts, partName }) => {
  test('is cut at its tensors, and three versions with one changed cost three', async () => {
    using bench = await workbench();
    const first = await bench.store(build(LAYERS, 'm'));
    expect(bench.partNames(parts).some((name) => name.endsWith(partName(CHANGED)))).toBe(true);
    const before = bench.packBytes();
    for (let version = 1; version <= 3; version++) {
      const changed = tensor(CHANGED, CHANGED_ROWS, pseudoRandomBytes(`version ${version}`, CHANGED_SIZE));
      expectAbout(await bench.store(build(withTensor(LAYERS, changed), 'm')), CHANGED_SIZE);
    }
    expect(bench.packBytes() - before).toBeLessThan(3 * (1.02 * CHANGED_SIZE + 16 * KIB));
    expect(await bench.store(build(LAYERS, 'm'))).toEqual({ bytes: 0, parts: 0 });
    expect(first.bytes).toBeGreaterThan(4 * MIB);
  });

  test('stores only what changed, also when what comes before it grows, is new or is gone', async () => {
    using bench = await workbench();
    await bench.store(build(LAYERS, 'm'));
    const grown = withTensor(LAYERS, tensor('embed.weight', 583, pseudoRandomBytes('grown', 583 * 2 * KIB)));
    expectAbout(await bench.store(build(grown, 'm')), 583 * 2 * KIB);
    const inserted = [grown[0]!, tensor('adapter.weight', 333), ...grown.slice(1)];
    expectAbout(await bench.store(build(inserted, 'm')), 333 * 2 * KIB);
    expectAbout(await bench.store(build(LAYERS.slice(1), 'm')), 0);
    expectAbout(await bench.store(build(LAYERS, `m ${'with more to say '.repeat(100)}`)), 0);
    expectAbout(await bench.store(build(LAYERS.toReversed(), 'm')), 0);
  });
});

describe('what is equal is stored once', () => {
  const adapted = [...LAYERS, tensor('adapter.weight', 300)];

  test('frozen layers are shared by a safetensors file and a PyTorch archive', async () => {
    using bench = await workbench();
    await bench.store({ 'model.safetensors': safetensorsFile(LAYERS).bytes });
    expectAbout(await bench.store({ 'checkpoint.pt': pytorchFile(adapted).bytes }), 300 * 2 * KIB);
  });

  test('and by GGUF, ONNX data and the shards of a larger model', async () => {
    using bench = await workbench();
    await bench.store({ 'model.gguf': ggufFile(LAYERS).bytes });
    const { model, data } = onnxFiles(LAYERS);
    expectAbout(await bench.store({ 'model.onnx': model, 'model.onnx.data': data }), 0);
    const shards = {
      'model-00001-of-00002.safetensors': safetensorsFile(adapted.slice(0, 4)).bytes,
      'model-00002-of-00002.safetensors': safetensorsFile(adapted.slice(4)).bytes,
    };
    expectAbout(await bench.store(shards), 300 * 2 * KIB);
  });

  test('within one version too', async () => {
    using bench = await workbench();
    const { bytes } = safetensorsFile(LAYERS);
    const { bytes: size } = await bench.store({
      'a.safetensors': bytes,
      'b/copy.bin': bytes,
      'c.pt': pytorchFile(LAYERS).bytes,
    });
    expect(size).toBeLessThan(1.02 * bytes.length);
  });
});
