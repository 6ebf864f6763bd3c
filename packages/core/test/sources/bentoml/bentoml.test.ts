import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ggufFile, recordedStore, temporaryFolder } from '@cairn/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { listBentoModels, listBentos } from '../../../src/sources/bentoml/list.ts';
import { writeFiles } from '../../registry-fixture.ts';
import { type Given, seeOrigin } from '../origin-fixture.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const HOME = join(recordedStore('bentoml'), 'home');
const EXPORTS = join(recordedStore('bentoml'), 'exports');

const see = (text: string, given: Given = { home: HOME }) => seeOrigin(text, folder.path, given);

let homes = 0;

/** A store of its own, with what stands in it. */
function homeWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  homes += 1;
  const home = join(folder.path, `home-${homes}`);
  mkdirSync(home);
  writeFiles(home, files);
  return home;
}

const modelYaml = (name: string, version: string, more = '') =>
  `name: ${name}\nversion: ${version}\nmodule: bentoml.pytorch\n${more}`;

describe('a model from the store', () => {
  test('comes with its files and all that its model.yaml says', async () => {
    const { files, details, recorded } = await see('bentoml:house-price');
    expect(files).toEqual(['custom_objects.pkl', 'model.yaml', 'saved_model.pkl']);
    expect(details).toEqual({
      framework: 'scikit-learn',
      params: { rmse: '0.75', 'trained.rows': '3', 'trained.columns': 'area, age' },
      labels: { team: 'pricing', stage: 'dev' },
    });
    expect(recorded).toEqual({
      kind: 'bento-model',
      path: join(HOME, 'models', 'house-price', recorded.version as string),
      name: 'house-price',
      version: expect.stringMatching(/^[a-z0-9]{16}$/),
      module: 'bentoml.sklearn',
      createdAt: expect.stringMatching(/^2026-.*Z$/),
      bentomlVersion: expect.stringMatching(/^1\.4\./),
      pythonVersion: expect.stringMatching(/^3\./),
      apiVersion: 'v1',
      frameworkVersions: { 'scikit-learn': expect.any(String) },
      signatures: { predict: { batchable: 'true', batch_dim: ['0', '0'] } },
      metadata: { rmse: '0.75', trained: { rows: '3', columns: ['area', 'age'] } },
    });
  });

  test('can be named in any way that BentoML takes, and more exactly', async () => {
    for (const text of ['house-price:baseline', 'House-Price:BASELINE', 'model/house-price:baseline']) {
      expect((await see(`bentoml:${text}`)).recorded.version).toBe('baseline');
    }
    const { version } = (await see('bentoml:house-price')).recorded;
    expect((await see('bentoml:house-price:latest')).recorded.version).toBe(version);
  });

  test('is found where BENTOML_HOME says, and in the home of the user', async () => {
    const recorded = async (variables: Record<string, string>) =>
      (await see('bentoml:weights-only', { variables })).recorded.path;
    const place = join(HOME, 'models', 'weights-only');
    expect(await recorded({ BENTOML_HOME: HOME, HOME: '/nowhere' })).toContain(place);
    cpSync(HOME, join(folder.path, 'user', 'bentoml'), { recursive: true });
    const user = join(folder.path, 'user');
    expect(await recorded({ HOME: user })).toContain(join(user, 'bentoml', 'models', 'weights-only'));
  });

  test('that is named alone is the one in the file latest, or else the last that was made', async () => {
    const old = modelYaml('m', 'old', "creation_time: '2025-01-01T00:00:00+00:00'\n");
    const newer = modelYaml('m', 'a-newer', "creation_time: '2026-01-01T00:00:00.5+02:00'\n");
    const files = { 'models/m/old/model.yaml': old, 'models/m/a-newer/model.yaml': newer };
    const latest = async (text: string | null) => {
      const home = homeWith(text === null ? files : { ...files, 'models/m/latest': text });
      return (await see('bentoml:m', { home })).recorded.version;
    };
    expect(await latest('old\n')).toBe('old');
    expect(await latest(null)).toBe('a-newer');
    expect(await latest('gone')).toBe('a-newer');
    expect(await latest('../old')).toBe('a-newer');
  });

  test('of before 1.0 is understood as far as it goes', async () => {
    const yaml = `name: m\nversion: v1\nbentoml_version: 1.0.0a5\ncreation_time: 2022-03-01 10:00:00.123456\ncontext:\n  framework_name: torch\n  pip_dependencies:\n  - torch==1.10\nmodule: ''\n`;
    const home = homeWith({ 'models/m/v1/model.yaml': yaml });
    const { details, recorded } = await see('bentoml:m', { home });
    expect(details).toEqual({ framework: 'pytorch', params: {}, labels: {} });
    expect(recorded).toMatchObject({
      bentomlVersion: '1.0.0a5',
      createdAt: '2022-03-01T10:00:00.123Z',
      requirements: ['torch==1.10'],
    });
  });

  test('tells what the headers of its weights say', async () => {
    const gguf = ggufFile([{ name: 'norm', dtype: 'F32', shape: [4] }], {
      metadata: {
        'general.architecture': { type: 'string', value: 'llama' },
        'general.file_type': { type: 'u32', value: 7 },
      },
    }).bytes;
    const home = homeWith({ 'models/m/v1/model.yaml': modelYaml('m', 'v1'), 'models/m/v1/w.gguf': gguf });
    const { details, recorded } = await see('bentoml:m', { home });
    expect(details.labels).toEqual({
      architecture: 'llama',
      quantization: 'Q8_0',
      dtype: 'F32',
      parameters: '4',
    });
    expect(recorded.headers).toEqual([
      {
        file: 'w.gguf',
        format: 'gguf',
        architecture: 'llama',
        quantization: 'Q8_0',
        dtype: 'F32',
        parameters: 4,
      },
    ]);
  });
});

describe('a bento from the store', () => {
  test('comes with its models below models/, and all that its bento.yaml says', async () => {
    const { files, details, recorded, notes } = await see('bentoml:house_price_service');
    const model = (recorded.models as { tag: string }[])[0]!.tag.replace(':', '/');
    expect(files).toEqual([
      'README.md',
      'apis/openapi.yaml',
      'apis/schema.json',
      'bento.yaml',
      'env/docker/Dockerfile',
      'env/docker/entrypoint.sh',
      'env/python/requirements.in',
      'env/python/requirements.txt',
      'src/bentofile.yaml',
      'src/service.py',
      `models/${model}/custom_objects.pkl`,
      `models/${model}/model.yaml`,
      `models/${model}/saved_model.pkl`,
    ]);
    expect(details).toEqual({
      framework: 'scikit-learn',
      labels: { owner: 'pricing' },
      card: expect.stringContaining('#'),
    });
    expect(notes).toEqual([]);
    expect(recorded).toMatchObject({
      kind: 'bento',
      name: 'house_price_service',
      spec: 2,
      service: 'service:HousePrice',
      services: ['HousePrice'],
      apis: ['predict'],
      pythonVersion: '3.11',
      baseImage: 'python:3.11-slim',
      requirements: ['scikit-learn', 'numpy', expect.stringMatching(/^bentoml==/)],
      models: [{ tag: expect.stringMatching(/^house-price:/), module: 'bentoml.sklearn' }],
    });
    expect(JSON.stringify(recorded)).not.toContain('THREADS');
  });

  test('of the first format is understood too', async () => {
    const { recorded, files } = await see('bentoml:bento/house_price_old');
    expect(recorded).toMatchObject({
      spec: 1,
      service: 'service_of_old:service',
      apis: ['predict'],
      pythonVersion: '3.11',
      requirements: ['scikit-learn'],
      models: [{ tag: 'house-price:baseline' }],
    });
    expect(files).toContain('models/house-price/baseline/saved_model.pkl');
  });

  test('of the oldest names its models by their tags alone', async () => {
    const home = homeWith({
      'bentos/b/v1/bento.yaml':
        'service: s\nname: b\nversion: v1\nbentoml_version: 1.0.0\nmodels:\n- m:v1\n- m:v1\n',
      'models/m/v1/model.yaml': modelYaml('m', 'v1'),
    });
    const { files, details, recorded } = await see('bentoml:b', { home });
    expect(files).toEqual(['bento.yaml', 'models/m/v1/model.yaml']);
    expect(details.framework).toBe('pytorch');
    expect(recorded).toMatchObject({ spec: 1, models: [{ tag: 'm:v1' }] });
  });

  test('with a model that is kept elsewhere says so', async () => {
    const home = homeWith({
      'bentos/b/v1/bento.yaml':
        'service: s\nname: b\nversion: v1\nspec: 2\nmodels:\n- tag: org/big:abc\n  registry: huggingface\n',
    });
    const { notes, recorded } = await see('bentoml:b', { home });
    expect(notes).toEqual(['its model org/big:abc is not among the files: it is kept in huggingface']);
    expect(recorded.models).toEqual([{ tag: 'org/big:abc', registry: 'huggingface' }]);
  });

  test('whose model is gone is refused, and the model named', async () => {
    const home = homeWith({
      'bentos/b/v1/bento.yaml': 'service: s\nname: b\nversion: v1\nmodels:\n- m:gone\n',
    });
    await expect(see('bentoml:b', { home })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('m:gone'),
    });
  });
});

describe('a name', () => {
  test('that is both a model and a bento has to be said more exactly', async () => {
    const home = homeWith({
      'models/m/v1/model.yaml': modelYaml('m', 'v1'),
      'bentos/m/v2/bento.yaml': 'service: s\nname: m\nversion: v2\n',
    });
    await expect(see('bentoml:m', { home })).rejects.toMatchObject({
      code: 'invalid',
      hint: 'say which: bentoml:model/m or bentoml:bento/m',
    });
    expect((await see('bentoml:model/m', { home })).recorded.kind).toBe('bento-model');
    expect((await see('bentoml:bento/m', { home })).recorded.kind).toBe('bento');
  });

  test.each([
    ['bentoml:nothing', 'not-found', 'no model and no bento nothing'],
    ['bentoml:house-price:gone', 'not-found', 'no model house-price:gone'],
    ['bentoml:bento/house-price', 'not-found', 'no bento house-price'],
    ['bentoml:../house-price', 'invalid', 'not the name'],
    ['bentoml:house-price:../baseline', 'invalid', 'not the name'],
    ['bentoml:model/../x', 'invalid', 'not the name'],
    ['bentoml:', 'invalid', 'not the name'],
    ['bentoml:a:b:c', 'invalid', 'not the name'],
    [`bentoml:${'x'.repeat(64)}`, 'invalid', 'not the name'],
  ])('that stands for nothing is refused: %s', async (text, code, message) => {
    await expect(see(text)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('that is missing is told with what there is', async () => {
    await expect(see('bentoml:house-price:gone')).rejects.toMatchObject({
      hint: expect.stringContaining('baseline'),
    });
  });

  test.each([
    ['is not YAML', 'name: m\nversion: v1\nmodule: [x\n', 'damaged'],
    ['says nothing of BentoML', 'name: m\nversion: v1\n', 'damaged'],
    ['is a bomb of aliases', bomb(), 'hostile'],
    ['is larger than any', `name: m\nmodule: x\n#${'x'.repeat(2 ** 20)}`, 'hostile'],
  ])('whose model.yaml %s is refused', async (_, yaml, code) => {
    const home = homeWith({ 'models/m/v1/model.yaml': yaml });
    await expect(see('bentoml:m', { home })).rejects.toMatchObject({ code });
  });

  test('whose model.yaml has tags that would make objects makes none', async () => {
    const yaml = modelYaml('m', 'v1', 'labels: !!python/object/apply:os.system\n  cmd: touch x\n');
    const { details } = await see('bentoml:m', { home: homeWith({ 'models/m/v1/model.yaml': yaml }) });
    expect(details.labels).toEqual({ cmd: 'touch x' });
  });
});

describe('an export', () => {
  test.each([
    'house-price.bentomodel',
    'house-price.bentomodel.gz',
    'house-price.bentomodel.bz2',
    'house-price.bentomodel.tar',
    'house-price.bentomodel.zip',
  ])('of a model is read whatever its packing: %s', async (name) => {
    const { files, recorded, details } = await see(join(EXPORTS, name));
    expect(files).toEqual(['custom_objects.pkl', 'model.yaml', 'saved_model.pkl']);
    expect(details.labels).toEqual({ team: 'pricing', stage: 'dev' });
    expect(recorded).toMatchObject({
      kind: 'bento-model',
      path: join(EXPORTS, name),
      name: 'house-price',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test.each([
    'house_price_service.bento',
    'house_price_service.bento.gz',
    'house_price_service.bento.bz2',
    'house_price_service.bento.tar',
    'house_price_service.bento.zip',
    'house_price_old.bento',
  ])('of a bento is read with its models whatever its packing: %s', async (name) => {
    const { files, recorded, details, notes } = await see(join(EXPORTS, name));
    expect(files).toContain('bento.yaml');
    expect(files.filter((path) => /^models\/house-price\/\w+\/saved_model\.pkl$/.test(path))).toHaveLength(1);
    expect(recorded).toMatchObject({ kind: 'bento', path: join(EXPORTS, name) });
    expect(details.framework).toBe('scikit-learn');
    expect(notes).toEqual([]);
  });

  test('is known by its content, not its name, and may be a folder or in one', async () => {
    const plain = join(folder.path, 'what-is-this');
    cpSync(join(EXPORTS, 'house-price.bentomodel'), plain);
    expect((await see(plain)).recorded).toMatchObject({ kind: 'bento-model', packing: 'tar.xz' });
    const { version } = (await see('bentoml:house-price')).recorded;
    const item = join(HOME, 'models', 'house-price', version as string);
    expect((await see(item)).recorded).toMatchObject({ kind: 'bento-model', path: item });
    const tar = join(folder.path, 'inside.tar');
    execFileSync('tar', ['-cf', tar, '-C', join(HOME, 'models', 'house-price'), version as string]);
    const inside = await see(tar);
    expect(inside.recorded.kind).toBe('bento-model');
    expect(inside.files).toContain('model.yaml');
  });

  test('keeps the files that links in it lead to', async () => {
    const place = join(folder.path, 'linked');
    writeFiles(place, {
      'bento.yaml': 'service: s\nname: b\nversion: v1\n',
      'src/service.py': 'x',
    });
    symlinkSync('../src/service.py', join(place, 'src', 'other.py'));
    symlinkSync('src', join(place, 'code'));
    const tar = join(folder.path, 'linked.bento');
    execFileSync('tar', ['-cJf', tar, '-C', place, '.']);
    expect((await see(tar)).files).toEqual([
      'bento.yaml',
      'code/other.py',
      'code/service.py',
      'src/other.py',
      'src/service.py',
    ]);
  });

  test('without the models that it names says so', async () => {
    const place = join(folder.path, 'lone');
    writeFiles(place, { 'bento.yaml': 'service: s\nname: b\nversion: v1\nmodels:\n- m:v1\n' });
    expect((await see(place)).notes).toEqual([
      'm:v1 is not among its files: it is in the store of whoever has the bento',
    ]);
  });

  test('that is none is refused when it is called one', async () => {
    const file = join(folder.path, 'none.bento');
    writeFileSync(file, 'hello');
    await expect(see(file)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(file),
    });
    rmSync(file);
  });
});

describe('the list', () => {
  test('has models and bentos, the newest first', async () => {
    const models = await listBentoModels(HOME);
    expect(models.map(({ name }) => name)).toEqual(['weights-only', 'house-price', 'house-price']);
    expect(models[1]).toEqual({
      kind: 'bento-model',
      name: 'house-price',
      version: expect.any(String),
      reference: expect.stringMatching(/^bentoml:model\/house-price:/),
      isLatest: true,
      size: expect.any(Number),
      createdAt: expect.any(String),
      framework: 'scikit-learn',
      service: null,
      problem: null,
    });
    expect(models[2]).toMatchObject({ version: 'baseline', isLatest: false });
    const bentos = await listBentos(HOME);
    expect(bentos.map(({ name, service }) => [name, service])).toEqual([
      ['house_price_old', 'service_of_old:service'],
      ['house_price_service', 'service:HousePrice'],
    ]);
  });

  test('is empty where there is no store', async () => {
    expect(await listBentoModels(join(folder.path, 'nowhere'))).toEqual([]);
  });

  test('goes on when one item is broken, and leaves out what is half-written', async () => {
    const home = homeWith({
      'models/a/v1/model.yaml': 'name: [\nmodule: x\n',
      'models/a/v2/saved_model.pkl': '',
      'models/b/v1/model.yaml': modelYaml('b', 'v1'),
      'models/.hidden/v1/model.yaml': modelYaml('c', 'v1'),
      'models/file': '',
    });
    expect((await listBentoModels(home)).map(({ name, problem }) => [name, problem === null])).toEqual([
      ['b', true],
      ['a', false],
    ]);
  });
});

function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inner = level === 0 ? 'x' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array(9).fill(inner).join(', ')}]`;
  });
  return `name: m\nmodule: x\n${levels.join('\n')}\n`;
}
