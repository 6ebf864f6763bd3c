import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safetensorsFile, temporaryFolder } from '@cairn/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { writeFiles } from '../../registry-fixture.ts';
import { seeOrigin } from '../origin-fixture.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const see = (path: string) => seeOrigin(path, folder.path);

const CARD = `---
license: apache-2.0
pipeline_tag: text-generation
library_name: transformers
base_model:
- org/base
- org/other
tags: [llama, tiny]
model-index:
- name: x
  results: []
---
# Tiny
`;

const CONFIG = JSON.stringify({
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  torch_dtype: 'bfloat16',
  transformers_version: '4.50.0',
  quantization_config: { quant_method: 'gptq' },
});

const shard = (name: string) => safetensorsFile([{ name, dtype: 'BF16', shape: [4, 5] }]).bytes;

const FILES = {
  'config.json': CONFIG,
  'README.md': CARD,
  'model.safetensors.index.json': JSON.stringify({
    metadata: { total_size: 80 },
    weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
  }),
  'model-00001-of-00002.safetensors': shard('a'),
  'model-00002-of-00002.safetensors': shard('b'),
};

let folders = 0;

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  folders += 1;
  const place = join(folder.path, `model-${folders}`);
  mkdirSync(place);
  writeFiles(place, files);
  return place;
}

describe('a folder of Hugging Face', () => {
  test('comes with its card, and what card, configuration and headers say', async () => {
    const place = folderWith(FILES);
    const { files, details, recorded } = await see(place);
    expect(files).toEqual(Object.keys(FILES).sort());
    expect(details).toEqual({
      framework: 'transformers',
      card: CARD,
      labels: {
        architecture: 'LlamaForCausalLM',
        quantization: 'gptq',
        dtype: 'bfloat16',
        parameters: '40',
        license: 'apache-2.0',
        pipeline_tag: 'text-generation',
        library_name: 'transformers',
        base_model: 'org/base, org/other',
        tags: 'llama, tiny',
      },
    });
    expect(recorded).toMatchObject({
      kind: 'hugging-face',
      path: place,
      architectures: ['LlamaForCausalLM'],
      modelType: 'llama',
      dtype: 'bfloat16',
      quantization: 'gptq',
      transformersVersion: '4.50.0',
      headers: [
        { file: 'model-00001-of-00002.safetensors', format: 'safetensors', dtype: 'BF16', parameters: 20 },
        { file: 'model-00002-of-00002.safetensors', parameters: 20 },
      ],
    });
  });

  test('of an adapter or a pipeline is known as well', async () => {
    const adapter = folderWith({
      'adapter_config.json': '{"peft_type": "LORA", "base_model_name_or_path": "org/base"}',
    });
    expect((await see(adapter)).details).toMatchObject({
      framework: 'peft',
      labels: { base_model: 'org/base' },
    });
    const pipeline = folderWith({ 'model_index.json': '{"_class_name": "StableDiffusionPipeline"}' });
    expect((await see(pipeline)).details).toMatchObject({
      framework: 'diffusers',
      labels: { architecture: 'StableDiffusionPipeline' },
    });
  });

  test('says which revision was downloaded into it, and leaves out what the tool has noted of that', async () => {
    const revision = '0123456789abcdef0123456789abcdef01234567';
    const place = folderWith({
      'config.json': CONFIG,
      '.cache/huggingface/download/config.json.metadata': `${revision}\n"etag"\n1700000000.0\n`,
    });
    const { recorded, files } = await see(place);
    expect(recorded).toMatchObject({ revision });
    expect(files).toEqual(['config.json']);
  });

  test('whose index names shards that are missing is refused, and they are named', async () => {
    const { 'model-00002-of-00002.safetensors': _, ...files } = FILES;
    await expect(see(folderWith(files))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(
        /index\.json names shards that are missing: model-00002-of-00002\.safetensors$/,
      ),
    });
  });

  test.each([
    ['a card without front matter', { 'config.json': CONFIG, 'README.md': '# Only text\n' }],
    ['front matter that is not YAML', { 'config.json': CONFIG, 'README.md': '---\na: [\n---\n# Text\n' }],
    ['front matter that never ends', { 'config.json': CONFIG, 'README.md': '---\na: b\n' }],
    ['an index that is not JSON', { 'config.json': CONFIG, 'model.safetensors.index.json': 'no' }],
    ['an index without a map', { 'config.json': CONFIG, 'model.safetensors.index.json': 'null' }],
    [
      'an index that names paths outside',
      {
        'config.json': CONFIG,
        'model.safetensors.index.json': '{"weight_map": {"a": "../../etc/passwd", "b": 1}}',
      },
    ],
    ['weights that are none', { 'config.json': CONFIG, 'model.safetensors': 'no header' }],
  ])('is taken all the same with %s', async (_, files) => {
    expect((await see(folderWith(files))).recorded).toMatchObject({
      kind: 'hugging-face',
      modelType: 'llama',
    });
  });

  test.each([
    ['a configuration of something else', { 'config.json': '{"port": 80}' }],
    ['a configuration that is not JSON', { 'config.json': 'port 80' }],
    ['a configuration that is a list', { 'config.json': '[1]' }],
    ['a README alone', { 'README.md': CARD }],
  ])('is not what a folder is with %s', async (_, files) => {
    expect((await see(folderWith(files))).recorded.kind).toBe('folder');
  });
});

describe('a snapshot in the cache', () => {
  const REVISION = 'abc123def456abc123def456abc123def456abcd';

  /** A cache as huggingface_hub lays it out: files are links to blobs. */
  function cacheWith(name: string, revisions: readonly string[], main?: string): string {
    const cache = join(folder.path, 'hub', name);
    for (const revision of revisions) {
      writeFiles(cache, { 'blobs/1': CONFIG, 'blobs/2': shard('a') });
      mkdirSync(join(cache, 'snapshots', revision, 'sub'), { recursive: true });
      symlinkSync('../../blobs/1', join(cache, 'snapshots', revision, 'config.json'));
      symlinkSync('../../blobs/2', join(cache, 'snapshots', revision, 'model.safetensors'));
      symlinkSync('../../../blobs/1', join(cache, 'snapshots', revision, 'sub', 'config.json'));
    }
    if (main !== undefined) writeFiles(cache, { 'refs/main': main });
    return cache;
  }

  test('has the files that its links lead to, and says of which repository and revision it is', async () => {
    const cache = cacheWith('models--org--tiny', [REVISION]);
    const { files, recorded } = await see(join(cache, 'snapshots', REVISION));
    expect(files).toEqual(['config.json', 'model.safetensors', 'sub/config.json']);
    expect(recorded).toMatchObject({ kind: 'hugging-face', repository: 'org/tiny', revision: REVISION });
    expect(recorded.headers).toHaveLength(1);
  });

  test('can be named by its repository: the one that main names, or the only one', async () => {
    const only = cacheWith('models--gpt2', [REVISION]);
    expect((await see(only)).recorded).toMatchObject({ repository: 'gpt2', revision: REVISION });
    const several = cacheWith('models--org--two', ['aaaa', 'bbbb'], 'bbbb');
    expect((await see(several)).recorded).toMatchObject({ revision: 'bbbb' });
    const unclear = cacheWith('models--org--unclear', ['aaaa', 'bbbb'], 'cccc');
    await expect(see(unclear)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('2 snapshots'),
      hint: expect.stringContaining('aaaa'),
    });
  });

  test('has no files from outside of the cache of its repository', async () => {
    const cache = cacheWith('models--org--leaking', [REVISION]);
    writeFileSync(join(folder.path, 'hub', 'secret'), 'x');
    symlinkSync('../../../secret', join(cache, 'snapshots', REVISION, 'leak'));
    await expect(see(join(cache, 'snapshots', REVISION))).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('is a link out of'),
    });
  });
});
