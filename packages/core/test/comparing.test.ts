import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  changeStamp,
  compareVersions,
  createModel,
  createVersion,
  deleteModel,
  editModel,
  modelHistory,
  previewVersion,
  type VersionRecord,
} from '../src/index.ts';
import { type RegistryFixture, registryFixture } from './registry-fixture.ts';

let fixture: RegistryFixture;

beforeAll(async () => {
  fixture = await registryFixture();
  const { registry } = fixture;
  await createModel(registry, 'm');
  const first = fixture.write({
    'first/keep.txt': 'same',
    'first/change.txt': 'before',
    'first/gone.txt': 'gone',
    'first/moved.txt': 'moved',
  });
  const second = fixture.write({
    'second/keep.txt': 'same',
    'second/change.txt': 'after!',
    'second/new.txt': 'new',
    'second/place/moved.txt': 'moved',
  });
  await createVersion(
    registry,
    { model: 'm', version: 'v1' },
    { sources: [{ path: first }], metrics: { mae: 2, old: 1 }, params: { epochs: '40' } },
  );
  await createVersion(
    registry,
    { model: 'm', version: 'v2' },
    { sources: [{ path: second }], metrics: { mae: 1 }, params: { epochs: '40', rate: '1e-3' }, base: 'v1' },
  );
});

afterAll(() => fixture[Symbol.dispose]());

describe('comparing two versions', () => {
  test('files that came, went, changed and moved are told apart', async () => {
    const { files, unchanged } = await compareVersions(fixture.registry, 'm@v1', 'm@v2');
    expect(files.map(({ kind, path, before }) => [kind, path, before?.path])).toEqual([
      ['changed', 'change.txt', 'change.txt'],
      ['removed', 'gone.txt', 'gone.txt'],
      ['added', 'new.txt', undefined],
      ['renamed', 'place/moved.txt', 'moved.txt'],
    ]);
    expect(unchanged).toEqual({ files: 1, bytes: 4 });
  });

  test('values of both stand side by side', async () => {
    const { params, metrics } = await compareVersions(fixture.registry, 'm@v1', 'm@v2');
    expect(metrics).toEqual([
      { name: 'mae', before: 2, after: 1 },
      { name: 'old', before: 1, after: null },
    ]);
    expect(params).toEqual([
      { name: 'epochs', before: '40', after: '40' },
      { name: 'rate', before: null, after: '1e-3' },
    ]);
  });
});

describe('the history of a model', () => {
  test('gives what each version records, newest first, as it is read', async () => {
    const seen: VersionRecord[] = [];
    const all = await modelHistory(fixture.registry, 'm', { onRecord: (record) => seen.push(record) });
    expect(all.map(({ version, metrics, base }) => [version, metrics, base])).toEqual([
      ['v2', { mae: 1 }, 'v1'],
      ['v1', { mae: 2, old: 1 }, null],
    ]);
    expect(seen).toEqual(all);
  });

  test('stops at a limit', async () => {
    expect(await modelHistory(fixture.registry, 'm', { limit: 1 })).toHaveLength(1);
  });
});

describe('the preview of a version', () => {
  test('lists the files of each source with their places, and stores nothing', async () => {
    const folder = fixture.write({
      'preview/a.txt': 'abc',
      'preview/.git/config': '',
      'preview/b/c.txt': 'd',
    });
    const found = await previewVersion(fixture.registry, [{ path: folder, into: 'models' }]);
    expect(found).toMatchObject({ files: 2, size: 4, known: 0 });
    expect(found.sources[0]!.files.map(({ path, size }) => [path, size])).toEqual([
      ['models/a.txt', 3],
      ['models/b/c.txt', 1],
    ]);
    expect(found.skipped).toHaveLength(1);
  });

  test('refuses what could not be stored', async () => {
    const folder = fixture.write({ 'twice/a.txt': 'abc' });
    const twice = previewVersion(fixture.registry, [{ path: folder }, { path: folder }]);
    await expect(twice).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('the stamp of changes', () => {
  test('changes with every change, and only then', async () => {
    const { registry } = fixture;
    const stamp = () => changeStamp(registry, ['m']);
    const before = await stamp();
    expect(await stamp()).toBe(before);
    await editModel(registry, 'm', { description: 'changed' });
    const edited = await stamp();
    expect(edited).not.toBe(before);
    await createModel(registry, 'other');
    const made = await stamp();
    expect(made).not.toBe(edited);
    await deleteModel(registry, 'other');
    expect(await stamp()).not.toBe(made);
  });
});
