import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, type RecordedStore } from '@cairn/testkit';
import { describe, expect, it } from 'vitest';
import {
  importMlflowRegistry,
  listModels,
  listVersions,
  removeAlias,
  setAlias,
  showModel,
  showVersion,
} from '../../src/index.ts';
import { registryFixture, stateOf } from '../registry-fixture.ts';
import { project } from '../sources/mlflow/recorded.ts';
import { recordedServer } from '../sources/mlflow/recorded-server.ts';

const STORES: readonly RecordedStore[] = [
  'mlflow-2-file',
  'mlflow-2-sqlite',
  'mlflow-3-file',
  'mlflow-3-sqlite',
];

describe.each(STORES)("MLflow's registry in the recorded store %s", (store) => {
  it('is taken over with names, versions, aliases, descriptions and tags', async () => {
    using fixture = await registryFixture();
    const { registry, work } = fixture;
    const uri = project(fixture, store);
    const taken = await importMlflowRegistry(registry, { uri, workingFolder: work, variables: {} });
    expect(taken.models.map(({ registered, model, outcome }) => [registered, model, outcome])).toEqual([
      ['House Prices (EU), draft', 'House-Prices-EU-draft', 'made'],
      ['house-price', 'house-price', 'made'],
    ]);
    expect(taken.models[1]!.versions.map(({ version, outcome }) => [version, outcome])).toEqual([
      ['v1', 'added'],
      ['v2', 'added'],
    ]);
    expect(await showModel(registry, 'house-price')).toMatchObject({
      description: 'Prices of houses, in euro.',
      labels: { domain: 'pricing' },
      aliases: { champion: 'v2', old: 'v1' },
      latest: 'v2',
    });
    expect(await showModel(registry, 'House-Prices-EU-draft')).toMatchObject({
      versions: 0,
      description: '',
    });
    const version = await showVersion(registry, 'house-price@v1');
    expect(version).toMatchObject({
      description: 'the first that beat the mean',
      framework: 'scikit-learn',
      params: { lr: '0.01' },
      labels: { 'checked/by': 'anna', team: 'pricing' },
    });
    expect(version.files.map(({ path }) => path)).toContain('MLmodel');
    expect(version.sources).toMatchObject([
      {
        kind: 'mlflow-run',
        path: 'baseline',
        registered: { name: 'house-price', version: '1', aliases: ['old'] },
      },
    ]);
    fsckStrict(fixture.gitDir('house-price'));
  });

  it('goes on where it was cut short, and leaves what is there', async () => {
    using fixture = await registryFixture();
    const { registry, work } = fixture;
    const options = { uri: project(fixture, store), workingFolder: work, variables: {} };
    const cancel = new AbortController();
    const cut = importMlflowRegistry(registry, {
      ...options,
      signal: cancel.signal,
      onVersion: () => cancel.abort(),
    });
    await expect(cut).rejects.toMatchObject({ code: 'cancelled' });
    expect(await listVersions(registry, 'house-price')).toHaveLength(1);
    const { models } = await importMlflowRegistry(registry, options);
    expect(models[1]!.versions.map(({ outcome }) => outcome)).toEqual(['there', 'added']);
    const before = stateOf(registry);
    const again = await importMlflowRegistry(registry, options);
    expect(again.models[1]!.versions.map(({ outcome }) => outcome)).toEqual(['there', 'there']);
    expect(again.models[1]!.aliases.map(({ outcome }) => outcome)).toContain('there');
    expect(stateOf(registry)).toEqual(before);
  });
});

describe("taking over MLflow's registry", () => {
  it('changes nothing when it only says what it would do', async () => {
    using fixture = await registryFixture();
    const { registry, work } = fixture;
    const before = stateOf(registry);
    const options = {
      uri: project(fixture, 'mlflow-2-file'),
      workingFolder: work,
      variables: {},
      dryRun: true,
    };
    const { models } = await importMlflowRegistry(registry, options);
    expect(models.map(({ outcome }) => outcome)).toEqual(['planned', 'planned']);
    expect(models[1]!.versions.map(({ outcome }) => outcome)).toEqual(['planned', 'planned']);
    expect(models[1]!.aliases.map(({ alias, outcome }) => [alias, outcome])).toEqual([
      ['production', 'planned'],
      ['champion', 'planned'],
      ['old', 'planned'],
    ]);
    expect(stateOf(registry)).toEqual(before);
  });

  it('leaves an alias where somebody has moved it since', async () => {
    using fixture = await registryFixture();
    const { registry, work } = fixture;
    const options = { uri: project(fixture, 'mlflow-3-sqlite'), workingFolder: work, variables: {} };
    await importMlflowRegistry(registry, options);
    await setAlias(registry, { model: 'house-price', alias: 'champion' }, 'v1');
    await removeAlias(registry, { model: 'house-price', alias: 'old' });
    const { models } = await importMlflowRegistry(registry, options);
    const outcomes = Object.fromEntries(models[1]!.aliases.map(({ alias, outcome }) => [alias, outcome]));
    expect(outcomes).toEqual({ champion: 'kept', old: 'set' });
    expect((await showModel(registry, 'house-price')).aliases).toEqual({ champion: 'v1', old: 'v1' });
  });

  it('takes over what it can where the files of a version are missing, and says which are', async () => {
    using fixture = await registryFixture();
    const { registry, work } = fixture;
    const uri = project(fixture, 'mlflow-2-sqlite');
    const run = (
      await importMlflowRegistry(registry, { uri, workingFolder: work, variables: {}, dryRun: true })
    ).models[1]!;
    expect(run.versions).toHaveLength(2);
    rmSync(join(uri, 'mlruns', '1'), { recursive: true });
    const { models } = await importMlflowRegistry(registry, { uri, workingFolder: work, variables: {} });
    expect(models[1]!.versions).toMatchObject([
      { outcome: 'failed', problem: { code: 'not-found' } },
      { outcome: 'failed', problem: { code: 'not-found' } },
    ]);
    expect(models[1]!.aliases.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed']);
    expect((await listModels(registry)).map(({ name }) => name)).toEqual([
      'House-Prices-EU-draft',
      'house-price',
    ]);
  });

  it.each([
    'mlflow-2-server',
    'mlflow-3-server',
  ] as const)('works with a server that answers as %s', async (store) => {
    using fixture = await registryFixture();
    const { registry, work } = fixture;
    await using server = await recordedServer(store);
    const { models } = await importMlflowRegistry(registry, {
      uri: server.url,
      workingFolder: work,
      variables: {},
    });
    expect(models[1]!.versions.map(({ outcome, problem }) => [outcome, problem])).toEqual([
      ['added', undefined],
      ['added', undefined],
    ]);
    const { files, params } = await showVersion(registry, 'house-price@champion');
    expect(files.map(({ path }) => path)).toContain('MLmodel');
    expect(params).toMatchObject({ lr: '0.01' });
  });
});
