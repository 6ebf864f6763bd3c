import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linearPackage, nodePackage, recordedStore, writePackage } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { buildTemplate, createVersion } from '../../src/index.ts';
import { parseYamlMap, type YamlMap } from '../../src/sources/yaml.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { failureOf } from '../running/package-fixture.ts';
import { builtPackage } from './served-template.ts';

const BENTOS = recordedStore('bentoml');

/** Adds a folder as the plaintext version `served@v1`. */
async function added({ registry }: RegistryFixture, folder: string): Promise<void> {
  await createVersion(
    registry,
    { model: 'served', version: 'v1' },
    { sources: [{ path: folder }], createModel: true },
  );
}

/** The bento of the second specification with its model, as it lies in an export. */
function bentoFolder(work: string): string {
  const folder = join(work, 'bento');
  cpSync(join(BENTOS, 'home/bentos/house_price_service/4mnrt3aqs2bvagmy'), folder, { recursive: true });
  cpSync(
    join(BENTOS, 'home/models/house-price/3k7w2qaqs2bvagmy'),
    join(folder, 'models/house-price/3k7w2qaqs2bvagmy'),
    { recursive: true },
  );
  return folder;
}

const textIn = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8');

test('a template holds the package, its server and all that an image is built from', async () => {
  using fixture = await registryFixture();
  const { destination, image, buildArguments } = await builtPackage(fixture, linearPackage());
  expect(readdirSync(destination).sort()).toEqual([
    '.dockerignore',
    'Dockerfile',
    'README.md',
    'compose.yaml',
    'package',
    'requirements.txt',
    'server',
  ]);
  expect(textIn(destination, 'package/hooks/load.py')).toBe(linearPackage()['hooks/load.py']);
  expect(textIn(destination, 'requirements.txt')).toMatch(/^tensorflow$/m);
  expect(image).toBe('linear:v1');
  expect(buildArguments).toEqual(['build', '-t', 'linear:v1', '.']);
  const compose = parseYamlMap(textIn(destination, 'compose.yaml'), 'compose.yaml');
  const model = (compose.get('services') as YamlMap).get('model') as YamlMap;
  expect(model.get('ports')).toEqual(['127.0.0.1:3000:3000', '127.0.0.1:3001:3001']);
  expect(textIn(destination, 'Dockerfile')).toContain('EXPOSE 3000 3001');
});

test('requirements of a package are taken over, and its framework is named only where they do not', async () => {
  using fixture = await registryFixture();
  const { destination } = await builtPackage(fixture, {
    ...linearPackage(),
    'hooks/requirements.txt': 'scikit-learn\r\ntensorflow-cpu >= 2.6\r\n',
  });
  expect(textIn(destination, 'requirements.txt').split('\n').slice(1)).toEqual([
    'scikit-learn',
    'tensorflow-cpu >= 2.6',
    '',
  ]);
});

test('dependencies of hooks for Node are taken over', async () => {
  using fixture = await registryFixture();
  const stated = { dependencies: { 'onnxruntime-node': '1.23.0', wrong: 7 }, scripts: { install: 'no' } };
  const { destination, template } = await builtPackage(fixture, {
    ...nodePackage(),
    'hooks/package.json': JSON.stringify(stated),
  });
  expect(template).toBe('node');
  expect(JSON.parse(textIn(destination, 'package.json'))).toEqual({
    private: true,
    dependencies: { 'onnxruntime-node': '1.23.0' },
  });
});

test('names that a manifest uses are in JSON files and in no others', async () => {
  using fixture = await registryFixture();
  const evil = 'x"\n\nRUN touch /tmp/owned\n# `$(id)` $HOME';
  const manifest = {
    ...{ schema: 'v2024.1', name: evil, version: evil },
    models: [{ name: 'one', version: evil, description: evil, enc_model_cleanup: 'never' }],
    services: [{ name: evil, predictor: 'predict.py' }],
  };
  const { destination } = await builtPackage(fixture, {
    'manifest.json': JSON.stringify(manifest),
    'models/one/weights.json': '{}',
    'hooks/load.py': 'def load(**_):\n    return {}\n',
    'hooks/predict.py': 'def predict(**_):\n    return 1\n',
  });
  for (const file of ['Dockerfile', 'compose.yaml', 'README.md', '.dockerignore', 'requirements.txt']) {
    expect(textIn(destination, file)).not.toContain('owned');
  }
  expect(JSON.parse(textIn(destination, 'server/plan.json')).service).toBe(evil);
});

test('a bento is built with its own Dockerfile, from a folder that holds it as it is', async () => {
  using fixture = await registryFixture();
  await added(fixture, bentoFolder(fixture.work));
  const built = await buildTemplate(fixture.registry, 'served@v1', join(fixture.work, 'out'));
  expect(built).toMatchObject({ template: 'bento', image: 'served:v1', notes: [] });
  expect(built.buildArguments).toEqual(['build', '-t', 'served:v1', '-f', 'Dockerfile', 'bento']);
  const own = textIn(built.destination, 'bento/env/docker/Dockerfile');
  expect(textIn(built.destination, 'Dockerfile')).toBe(own);
  expect(readdirSync(built.destination).sort()).toEqual(['Dockerfile', 'README.md', 'bento', 'compose.yaml']);
  expect(existsSync(join(built.destination, 'bento/models/house-price/3k7w2qaqs2bvagmy/model.yaml'))).toBe(
    true,
  );
});

test.each(['', '.gz', '.bz2', '.tar', '.zip'])('an exported bento (.bento%s) is unpacked', async (ending) => {
  using fixture = await registryFixture();
  const folder = join(fixture.work, 'artifacts');
  mkdirSync(join(folder, 'model'), { recursive: true });
  writeFileSync(join(folder, 'model/MLmodel'), 'flavors: {}\n');
  cpSync(join(BENTOS, `exports/house_price_service.bento${ending}`), join(folder, 'prices-1.bento'));
  await added(fixture, folder);
  const built = await buildTemplate(fixture.registry, 'served@v1', join(fixture.work, 'out'));
  expect(built).toMatchObject({ template: 'bento', notes: [] });
  expect(readdirSync(built.destination).sort()).toEqual(['Dockerfile', 'README.md', 'bento', 'compose.yaml']);
  expect(textIn(built.destination, 'bento/src/service.py')).toContain('class HousePrice');
});

test('models that a bento needs and the version does not hold are named', async () => {
  using fixture = await registryFixture();
  await added(fixture, join(BENTOS, 'home/bentos/house_price_service/4mnrt3aqs2bvagmy'));
  const built = await buildTemplate(fixture.registry, 'served@v1', join(fixture.work, 'out'));
  expect(built.notes).toEqual([
    'the bento needs the model house-price:3k7w2qaqs2bvagmy, which the version does not hold',
  ]);
  expect(textIn(built.destination, 'README.md')).toContain('- `house-price:3k7w2qaqs2bvagmy`');
});

test('a package that brings a bento is built from it when that is wanted', async () => {
  using fixture = await registryFixture();
  const { work, registry } = fixture;
  writePackage(join(work, 'package'), linearPackage());
  cpSync(join(BENTOS, 'exports/house_price_service.bento'), join(work, 'package/models/prices.bento'));
  const source = { sources: [{ path: join(work, 'package') }], createModel: true } as const;
  await createVersion(registry, { model: 'linear', version: 'v1' }, { ...source, type: 'packaged' });
  expect(await buildTemplate(registry, 'linear@v1', join(work, 'one'))).toMatchObject({ template: 'docker' });
  const built = await buildTemplate(registry, 'linear@v1', join(work, 'two'), { template: 'bento' });
  expect(textIn(built.destination, 'bento/bento.yaml')).toContain('house_price_service');
});

test('what has nothing to serve is refused, and so is a template of another kind', async () => {
  using fixture = await registryFixture();
  const { work, registry } = fixture;
  await added(fixture, fixture.write({ 'plain/weights.bin': 'weights' }));
  const out = join(work, 'out');
  const refusal = async (reference: string, template?: 'bento' | 'docker' | 'node') =>
    (await failureOf(buildTemplate(registry, reference, out, template ? { template } : {}))).message;
  expect(await refusal('served')).toMatch(/^served@v1 has nothing to serve/);
  expect(await refusal('served', 'docker')).toMatch(/^served@v1 has no hooks to serve/);
  await builtPackage(fixture, linearPackage());
  expect(await refusal('linear', 'node')).toBe('the hooks of linear@v1 are in Python');
  expect(await refusal('linear', 'bento')).toBe('linear@v1 holds no bento');
  expect(existsSync(out)).toBe(false);
});

test('two bentos in one version are too many', async () => {
  using fixture = await registryFixture();
  await added(fixture, fixture.write({ 'both/a.bento': 'a', 'both/b.bento': 'b' }));
  const error = await failureOf(buildTemplate(fixture.registry, 'served', join(fixture.work, 'out')));
  expect(error).toMatchObject({
    code: 'conflict',
    message: 'served@v1 holds 2 bentos: "a.bento", "b.bento"',
  });
});

test('what only looks like a bento is an error that leaves nothing behind', async () => {
  using fixture = await registryFixture();
  await added(fixture, fixture.write({ 'wrong/bento.yaml': 'name: [1]\n' }));
  const before = readdirSync(fixture.work);
  const error = await failureOf(buildTemplate(fixture.registry, 'served', join(fixture.work, 'out')));
  expect(error.code).toBe('damaged');
  expect(readdirSync(fixture.work)).toEqual(before);
});

test('a folder with something in it is refused', async () => {
  using fixture = await registryFixture();
  const { destination } = await builtPackage(fixture, linearPackage());
  expect(await failureOf(buildTemplate(fixture.registry, 'linear', destination))).toMatchObject({
    code: 'refused',
    message: `cannot write to ${destination}: it is not empty`,
  });
});

test('a sealed version is written in the clear only when that is said, for its owner alone', async () => {
  using fixture = await registryFixture();
  const { work, registry } = fixture;
  const secret = () => ({ kind: 'key', key: new Uint8Array(32).fill(1) }) as const;
  writePackage(join(work, 'package'), linearPackage());
  await createVersion(
    registry,
    { model: 'linear', version: 'v1' },
    {
      ...{ sources: [{ path: join(work, 'package') }], createModel: true },
      ...{ type: 'packaged-encrypted', encryption: secret() },
    },
  );
  const out = join(work, 'out');
  const unlock = { secret: secret() };
  const error = await failureOf(buildTemplate(registry, 'linear', out, { unlock }));
  expect(error).toMatchObject({ code: 'refused', hint: expect.stringContaining('--plaintext') });
  const built = await buildTemplate(registry, 'linear', out, {
    unlock: { secret: secret() },
    plaintext: true,
  });
  expect(built).toMatchObject({ type: 'packaged-encrypted', template: 'docker' });
  expect(textIn(out, 'package/models/weights.json')).toBe(linearPackage()['models/weights.json']);
  if (process.platform !== 'win32') expect(statSync(out).mode & 0o077).toBe(0);
});
