import type { VersionFile, VersionSummary } from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { changesOf, reduceEditModel, startEditModel } from '../../src/screens/edit-model/state.ts';
import { metricSeries, reduceModel, startModel } from '../../src/screens/model/state.ts';
import { proposePassphrase, strengthOf } from '../../src/screens/new-version/passphrase.ts';
import { replaced, sourceRows, toSource, withSources } from '../../src/screens/new-version/sources.ts';
import { reduceNewVersion, startNewVersion, stepsOf } from '../../src/screens/new-version/state.ts';
import { suggestVersionName } from '../../src/screens/new-version/suggest.ts';
import { foldersOf, searchedRows, treeRows } from '../../src/screens/version/tree.ts';

describe('the name of the next version', () => {
  test.each([
    [[], 'v1'],
    [['v3', 'v2', 'v1'], 'v4'],
    [['1.2.9'], '1.2.10'],
    [['2024-12-31'], '2024-12-32'],
    [['v009'], 'v010'],
    [['final'], 'final-2'],
    [['v2', 'v3'], 'v4'],
    [['rc1-gpu'], 'rc2-gpu'],
    [['V1', 'v2'], 'V3'],
  ])('after %j is %s', (versions, name) => expect(suggestVersionName(versions)).toBe(name));
});

describe('passphrases', () => {
  test('are strong when they are long and not what one expects', () => {
    expect(strengthOf('password').word).toBe('weak');
    expect(strengthOf('aaaaaaaaaaaaaaaaaaaaaaaa').word).toBe('weak');
    expect(strengthOf('abcdefghijklmnopqrstuvwxyz').word).toBe('weak');
    expect(strengthOf('correct horse battery staple').word).toBe('strong');
    expect(strengthOf('').bits).toBe(0);
  });

  test('proposals are strong, and never the same', () => {
    const proposals = Array.from({ length: 50 }, proposePassphrase);
    expect(new Set(proposals).size).toBe(50);
    for (const each of proposals) {
      expect(each).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){4}$/);
      expect(strengthOf(each).word).toBe('strong');
    }
  });
});

const entry = (name: string, kind: 'folder' | 'file' = 'folder') => ({
  name,
  path: `/w/${name}`,
  kind,
  size: 1,
  modifiedAt: '2026-01-01T00:00:00Z',
});

describe('sources', () => {
  test('a folder keeps its name unless that is its place, a file has no place of its own', () => {
    const rows = sourceRows([entry('models'), entry('tok'), entry('a.bin', 'file')], 'models');
    expect(rows.map((row) => toSource(row, 'models'))).toEqual([
      { path: '/w/models', into: 'models' },
      { path: '/w/tok', into: 'models/tok' },
      { path: '/w/a.bin', into: 'models' },
    ]);
    expect(toSource(replaced(rows[1]!), 'models')).toEqual({ path: '/w/tok', into: 'models' });
    expect(toSource(replaced(rows[2]!), '')).toEqual({ path: '/w/a.bin' });
  });

  test('what is inserted twice is listed once', () => {
    const rows = sourceRows([entry('a'), entry('b')], '');
    expect(withSources(rows, sourceRows([entry('b'), entry('c')], '')).map(({ name }) => name)).toEqual([
      'a',
      'b',
      'c',
    ]);
  });
});

describe('the steps to a version', () => {
  const start = () => startNewVersion({ model: 'm', versions: ['v1'], folder: '/w', hasKeyring: true });
  const key = (name: string) =>
    ({ type: 'form', action: { type: 'typed', typed: { kind: 'key', name } } }) as const;
  const focus = (name: string) => ({ type: 'form', action: { type: 'focused', name } }) as const;

  test('are those that the type needs', () => {
    let state = reduceNewVersion(start(), focus('type'));
    expect(stepsOf(state)).toEqual(['name', 'files', 'details', 'summary']);
    state = reduceNewVersion(state, key('right'));
    expect(stepsOf(state)).toEqual(['name', 'files', 'hooks', 'manifest', 'details', 'summary']);
    state = reduceNewVersion(state, key('space'));
    expect(stepsOf(state)).toContain('encryption');
    state = reduceNewVersion(state, key('right'));
    expect(stepsOf(state)).not.toContain('hooks');
    state = reduceNewVersion(state, key('left'));
    expect(stepsOf(state)).toContain('encryption');
  });

  test('a choice takes no text', () => {
    const state = reduceNewVersion(reduceNewVersion(start(), focus('base')), key('x'));
    expect(state.forms.name.fields.base.text).toBe('v1');
    expect(reduceNewVersion(state, key('left')).forms.name.fields.base.text).toBe('none');
  });
});

const file = (path: string): VersionFile => ({
  path,
  size: 10,
  sha256: '',
  executable: false,
  parted: false,
});

describe('the tree of files', () => {
  const files = ['b/x', 'b/c/y', 'a', 'z'].map(file);

  test('has folders before files, with what is in them', () => {
    expect(treeRows(files, new Set()).map(({ name, kind, size }) => [kind, name, size])).toEqual([
      ['folder', 'b', 20],
      ['file', 'a', 10],
      ['file', 'z', 10],
    ]);
    const open = treeRows(files, foldersOf(files));
    expect(open.map(({ name, depth }) => `${'  '.repeat(depth)}${name}`)).toEqual([
      'b',
      '  c',
      '    y',
      '  x',
      'a',
      'z',
    ]);
  });

  test('is searched by whole paths', () => {
    expect(searchedRows(files, 'B/ y').map(({ path }) => path)).toEqual(['b/c/y']);
  });

  test('of half a million files is made in one go', () => {
    const many = Array.from({ length: 500_000 }, (_, index) => file(`d${index % 1000}/f${index}`));
    expect(treeRows(many, new Set())).toHaveLength(1000);
  });
});

const version = (name: string, second: number): VersionSummary => ({
  version: name,
  type: 'plaintext',
  files: 1,
  size: 1,
  createdAt: new Date(second * 1000).toISOString(),
  createdBy: { name: 'Ada', email: '' },
  description: '',
  latest: false,
  aliases: [],
});

describe('a model', () => {
  const record = (name: string, metrics: Record<string, number>) => ({
    version: name,
    base: null,
    sources: [],
    params: {},
    metrics,
    labels: {},
    framework: null,
  });
  const read = () =>
    reduceModel(startModel('m'), {
      type: 'read',
      model: { name: 'm' } as never,
      versions: [version('v2', 2), version('v1', 1)],
    });

  test('shows metrics from the oldest version to the newest, where they were recorded', () => {
    const state = reduceModel(read(), {
      type: 'records',
      records: [record('v2', { mae: 1, new: 5 }), record('v1', { mae: 2 })],
    });
    expect(metricSeries(state)).toEqual([
      {
        name: 'mae',
        points: [
          { version: 'v1', value: 2 },
          { version: 'v2', value: 1 },
        ],
      },
      { name: 'new', points: [{ version: 'v2', value: 5 }] },
    ]);
  });

  test('two versions at most are marked; one that is gone is not', () => {
    let state = read();
    for (const name of ['v1', 'v2', 'v1', 'v1'])
      state = reduceModel(state, { type: 'marked', version: name });
    expect(state.marked).toEqual(['v2', 'v1']);
    state = reduceModel(state, { type: 'read', model: state.model!, versions: [version('v1', 1)] });
    expect(state.marked).toEqual(['v1']);
  });
});

describe('editing a model', () => {
  test('changes what was changed here, and nothing else', () => {
    const model = { description: 'old', labels: { a: '1', b: '2' }, card: '# m\n' } as never;
    let state = reduceEditModel(startEditModel('m'), { type: 'read', model });
    expect(changesOf(state)).toEqual({});
    state = reduceEditModel(state, { type: 'filled', name: 'labels', text: 'a=1 c=3' });
    expect(changesOf(state)).toEqual({ labels: { b: null, c: '3' } });
    state = reduceEditModel(state, {
      type: 'read',
      model: { ...(model as object), description: 'theirs' } as never,
    });
    expect(changesOf(state)).toEqual({ labels: { b: null, c: '3' } });
    expect(changesOf(reduceEditModel(state, { type: 'filled', name: 'labels', text: 'bad' }))).toBeNull();
  });
});
