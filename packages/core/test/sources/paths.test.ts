import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { npzFile, onnxFiles, pytorchFile, recordedStore, zipFile } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVersion, showModel, showVersion } from '../../src/index.ts';
import { openOriginFor } from '../../src/sources/origin-for.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { tarFile } from './archives/tar-file.ts';
import { seeOrigin } from './origin-fixture.ts';

let fixture: RegistryFixture;
beforeAll(async () => {
  fixture = await registryFixture();
});
afterAll(() => fixture[Symbol.dispose]());

const see = (path: string, signal?: AbortSignal) => seeOrigin(path, fixture.work, signal ? { signal } : {});

function fileOf(name: string, bytes: Uint8Array | string): string {
  const path = join(fixture.work, name);
  writeFileSync(path, bytes);
  return path;
}

const NORM = { name: 'norm', dtype: 'F32', shape: [4] } as const;
const zip = (files: Readonly<Record<string, string>>) =>
  zipFile(
    Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.from(text) })),
    { deflate: true },
  ).bytes;

describe('an archive', () => {
  test.each([
    ['zip', () => zip({ 'a/x': '1', b: '2' })],
    [
      'tar',
      () =>
        tarFile([
          { name: 'a/x', bytes: '1' },
          { name: 'b', bytes: '2' },
        ]),
    ],
    [
      'tar.gz',
      () =>
        gzipSync(
          tarFile([
            { name: 'a/x', bytes: '1' },
            { name: 'b', bytes: '2' },
          ]),
        ),
    ],
  ])('is unpacked: %s', async (packing, bytes) => {
    const path = fileOf('anything', bytes());
    const { files, recorded, details } = await see(path);
    expect(files).toEqual(['a/x', 'b']);
    expect(recorded).toEqual({
      kind: 'archive',
      packing,
      path,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(details).toEqual({ labels: {} });
  });

  test('of one folder stands for that folder', async () => {
    const path = fileOf(
      'net.zip',
      zip({ 'net/config.json': '{"model_type": "x"}', 'net/README.md': '# Net\n' }),
    );
    const { files, recorded, details } = await see(path);
    expect(files).toEqual(['README.md', 'config.json']);
    expect(recorded.kind).toBe('hugging-face');
    expect(details.card).toBe('# Net\n');
  });

  test('with a package in it makes a packaged version', async () => {
    const manifest = JSON.stringify({ models: [{ name: 'm', version: '1', framework: 'pytorch' }] });
    const files = {
      'manifest.json': manifest,
      'models/w': '1',
      'hooks/load.mjs': 'export const load = () => 1;',
      'hooks/predict.mjs': 'export const predict = () => 1;',
    };
    const path = fileOf('m.mlarchive', zip({ ...files, 'hooks/__pycache__/x.pyc': '' }));
    const seen = await see(path);
    expect(seen).toMatchObject({
      type: 'packaged',
      recorded: { kind: 'archive', path },
      notes: ['left out hooks/__pycache__/x.pyc'],
    });
    expect(seen.files).toEqual(Object.keys(files).sort());
    await using origin = await openOriginFor(fixture.registry, path, {
      workingFolder: fixture.work,
      variables: {},
    });
    const { version, codeDigest } = await createVersion(
      fixture.registry,
      { model: 'packed', version: 'v1' },
      { sources: [], origins: [origin], createModel: true },
    );
    expect(version.type).toBe('packaged');
    expect(codeDigest).not.toBeNull();
  });

  test('with a damaged package in it is refused', async () => {
    const path = fileOf('bad.mlarchive', zip({ 'manifest.json': '{}', 'models/w': '1' }));
    await expect(see(path)).rejects.toMatchObject({ code: 'invalid' });
  });

  test('that tries to leave its folder is refused, and nothing is left', async () => {
    const path = fileOf(
      'evil.tar',
      tarFile([
        { name: 'ok', bytes: '1' },
        { name: '../evil', bytes: '2' },
      ]),
    );
    await expect(see(path)).rejects.toMatchObject({
      code: 'hostile',
      message: expect.stringContaining(`${path}: it has an entry "../evil"`),
      data: { path },
    });
  });

  test('in xz is unpacked while others are, and after one that was refused', async () => {
    const evil = execFileSync('xz', ['-c'], { input: tarFile([{ name: '../evil', bytes: '2' }]) });
    const paths = ['house-price.bentomodel', 'house_price_old.bento', 'house_price_service.bento'].map(
      (name) => join(recordedStore('bentoml'), 'exports', name),
    );
    const all = [fileOf('evil.tar.xz', evil), ...paths];
    const outcomes = await Promise.allSettled(all.map((path) => see(path)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  });

  test('is given up when that is asked for, and nothing is left', async () => {
    const path = fileOf('large.tar', tarFile([{ name: 'x', bytes: Buffer.alloc(2 ** 20) }, { name: 'y' }]));
    const controller = new AbortController();
    controller.abort();
    await expect(see(path, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a file that is an archive inside, and is loaded whole, stays one', () => {
  test.each([
    ['weights of PyTorch', 'weights', () => pytorchFile([NORM]).bytes],
    ['arrays of NumPy', 'arrays', () => npzFile([NORM]).bytes],
    ['a model of Keras', 'net.keras', () => zip({ 'config.json': '{}' })],
    ['a checkpoint of NeMo', 'net.nemo', () => tarFile([{ name: 'x' }])],
    ['something that is packed and no tar', 'weights.bin.gz', () => gzipSync(Buffer.from('weights'))],
    ['something else', 'notes.txt', () => Buffer.from('hello')],
  ])('%s', async (_, name, bytes) => {
    const path = fileOf(name, bytes());
    const { files, recorded } = await see(path);
    expect(files).toEqual([name]);
    expect(recorded).toMatchObject({ kind: 'file', path });
  });

  test('and what its header says is recorded', async () => {
    const onnx = onnxFiles([NORM], { location: 'x' }).model;
    const { details, recorded } = await see(fileOf('net.onnx', onnx));
    expect(recorded.headers).toMatchObject([{ file: 'net.onnx', format: 'onnx', parameters: 4 }]);
    expect(details.labels).toMatchObject({ parameters: '4', dtype: 'FLOAT' });
  });
});

describe('a path', () => {
  test.each([
    ['nowhere', 'not-found', /no such file or folder/],
    ['broken.tar.gz', 'damaged', /ends early/],
    ['text.zip', 'invalid', /called an archive, and is none/],
    ['sealed.cairn', 'invalid', /stays sealed/],
    ['empty.tar', 'invalid', /has no files in it/],
  ])('that holds nothing to take is refused: %s', async (name, code, message) => {
    if (name === 'broken.tar.gz') fileOf(name, gzipSync(Buffer.alloc(5000)).subarray(0, 15));
    if (name === 'text.zip') fileOf(name, 'text');
    if (name === 'empty.tar') fileOf(name, tarFile([{ name: 'folder/', type: '5' }]));
    if (name === 'sealed.cairn') fileOf(name, 'cairn-seal/1 and more');
    await expect(see(name)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('of a folder tells what weights in it say', async () => {
    mkdirSync(join(fixture.work, 'plain'));
    fileOf('plain/net.onnx', onnxFiles([NORM], { location: 'x' }).model);
    const { recorded, files } = await see('plain');
    expect(files).toEqual(['net.onnx']);
    expect(recorded).toMatchObject({ kind: 'folder', headers: [{ parameters: 4 }] });
  });
});

test('a version from an export has its labels, its card and its story, and nothing is left beside it', async () => {
  const path = join(recordedStore('bentoml'), 'exports', 'house_price_service.bento');
  const create = async (version: string) => {
    await using origin = await openOriginFor(fixture.registry, path, {
      workingFolder: fixture.work,
      variables: {},
    });
    return await createVersion(
      fixture.registry,
      { model: 'house', version },
      { sources: [], origins: [origin], createModel: true, labels: { owner: 'me' } },
    );
  };
  const created = await create('v1');
  expect(created.notes).toBeUndefined();
  const { version } = await showVersion(fixture.registry, 'house@v1').then((shown) => ({ version: shown }));
  expect(version).toMatchObject({
    framework: 'scikit-learn',
    labels: { owner: 'me' },
    sources: [{ kind: 'bento', name: 'house_price_service', path, files: created.version.files.length }],
  });
  expect((await showModel(fixture.registry, 'house')).card).toContain('#');
  expect((await create('v2')).notes).toEqual(['the same was added before, as house@v1']);
  expect(
    readdirSync(join(fixture.registry.path, '.cairn')).filter((name) => name.startsWith('unpack-')),
  ).toEqual([]);
});

test('what the program `tar` makes of a folder becomes that folder', async () => {
  mkdirSync(join(fixture.work, 'out', 'sub'), { recursive: true });
  fileOf('out/sub/x', '1');
  const path = join(fixture.work, 'out.tgz');
  execFileSync('tar', ['-czf', path, '-C', fixture.work, 'out']);
  expect((await see(path)).files).toEqual(['sub/x']);
});
