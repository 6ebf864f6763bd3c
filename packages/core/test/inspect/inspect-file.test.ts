import { ggufFile, npzFile, onnxFiles, pytorchFile, safetensorsFile } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModel, createVersion, inspectFile } from '../../src/index.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';

const NORM = { name: 'norm', dtype: 'F32', shape: [4] } as const;
const HEAD = { name: 'head', dtype: 'F16', shape: [3, 5] } as const;
const LARGE = { name: 'large', dtype: 'F16', shape: [1024, 1024] } as const;

/** More tensors, and more between them, than one block of a header holds. */
const MANY = Array.from({ length: 5000 }, (_, index) => ({
  name: `layer.${index}.${'x'.repeat(40)}`,
  dtype: 'F32',
  shape: [2],
  bytes: Buffer.alloc(8, index),
}));

let fixture: RegistryFixture;

beforeAll(async () => {
  fixture = await registryFixture();
  const onnx = onnxFiles([NORM, HEAD], { location: 'model.onnx.data' });
  const folder = fixture.write({
    'model/model.safetensors': safetensorsFile([NORM, HEAD], { metadata: { format: 'pt' } }).bytes,
    'model/many.safetensors': safetensorsFile(MANY).bytes,
    'model/model.gguf': ggufFile([NORM, HEAD], {
      metadata: {
        'general.architecture': { type: 'string', value: 'llama' },
        'general.file_type': { type: 'u32', value: 7 },
      },
    }).bytes,
    'model/arrays.npz': npzFile([LARGE, NORM]).bytes,
    'model/model.pt': pytorchFile([NORM, LARGE]).bytes,
    'model/model.onnx': onnx.model,
    'model/model.onnx.data': onnx.data,
    'model/config.json': '{ "größe": 2 }\n',
    'model/cut.txt': `${'x'.repeat(2 ** 16 - 1)}ü and more`,
    'model/random.bin': Buffer.from([1, 2, 3, 250]),
    'model/empty': '',
  });
  await createModel(fixture.registry, 'm');
  await createVersion(fixture.registry, { model: 'm', version: 'v1' }, { sources: [{ path: folder }] });
});

afterAll(() => fixture[Symbol.dispose]());

const inspect = (path: string) => inspectFile(fixture.registry, `m@v1:${path}`);

describe('what the header of a file tells', () => {
  test('safetensors: metadata and tensors', async () => {
    const found = await inspect('model.safetensors');
    expect(found).toMatchObject({ format: 'safetensors', facts: [['format', 'pt']], parameters: 19 });
    expect(found.tensors).toEqual([
      { ...NORM, size: 16 },
      { ...HEAD, size: 30 },
    ]);
  });

  test('a header of several blocks is read whole', async () => {
    const { tensors } = await inspect('many.safetensors');
    expect(tensors).toHaveLength(MANY.length);
  });

  test('GGUF: architecture and quantization', async () => {
    const { format, facts, tensors } = await inspect('model.gguf');
    expect(format).toBe('gguf');
    expect(Object.fromEntries(facts)).toMatchObject({
      'general.architecture': 'llama',
      quantization: 'Q8_0',
    });
    expect(tensors).toHaveLength(2);
  });

  test('NumPy: arrays with type and shape, read at their places', async () => {
    const { format, tensors } = await inspect('arrays.npz');
    expect(format).toBe('npz');
    expect(tensors.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['large.npy', '<f2', [1024, 1024]],
      ['norm.npy', '<f4', [4]],
    ]);
  });

  test('PyTorch: entries of the archive, and nothing of its pickle', async () => {
    const { format, tensors, parameters } = await inspect('model.pt');
    expect({ format, parameters }).toEqual({ format: 'pytorch', parameters: null });
    expect(tensors.some(({ name }) => name.endsWith('data.pkl'))).toBe(true);
  });

  test('ONNX: the graph, and tensors that lie in another file', async () => {
    const { format, facts, tensors } = await inspect('model.onnx');
    expect(format).toBe('onnx');
    expect(Object.fromEntries(facts)).toMatchObject({
      'IR version': '10',
      opset: '17',
      operators: 'Identity',
    });
    expect(tensors).toEqual([
      { name: 'norm', dtype: 'FLOAT', shape: [4], size: null },
      { name: 'head', dtype: 'FLOAT16', shape: [3, 5], size: null },
    ]);
  });

  test('a text: its beginning, to the last whole character', async () => {
    expect(await inspect('config.json')).toMatchObject({ format: 'text', text: '{ "größe": 2 }\n' });
    expect((await inspect('cut.txt')).text).toBe('x'.repeat(2 ** 16 - 1));
    expect(await inspect('empty')).toMatchObject({ format: 'text', text: '', size: 0 });
  });

  test('anything else tells nothing', async () => {
    expect(await inspect('random.bin')).toMatchObject({
      format: 'unknown',
      facts: [],
      tensors: [],
      text: null,
    });
  });

  test('a file that is not there is said to be missing', async () => {
    await expect(inspect('nothing')).rejects.toMatchObject({ code: 'not-found' });
  });
});
