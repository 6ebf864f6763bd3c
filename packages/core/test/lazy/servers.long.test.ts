import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { bareRepository, fsckStrict, gitText, serveByHttp, temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import {
  addRemote,
  cloneRegistry,
  createBundle,
  deleteVersion,
  dropFetched,
  fetchFiles,
  importBundle,
  openRegistry,
  planVersionDeletion,
  push,
  type Registry,
  showVersion,
  verifyModel,
} from '../../src/index.ts';
import { bytesOf } from '../oracle/disk.ts';
import { history, storeHistory } from '../oracle/history.ts';
import { expectTakenOut } from '../oracle/read-back.ts';
import { environment, type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { lazyFixture } from './lazy-fixture.ts';

const versions = history();

const programs = {
  variables: {
    PATH: process.env.PATH ?? '',
    HOME: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
  },
  git: 'git',
  interactive: false,
};

async function sharedFixture(): Promise<{ fixture: RegistryFixture; registry: Registry }> {
  const fixture = await registryFixture();
  gitText(fixture.registry.path, 'init', '--quiet', '--initial-branch=main');
  gitText(fixture.registry.path, 'add', '-A');
  gitText(fixture.registry.path, 'commit', '--quiet', '-m', 'begin');
  await storeHistory(fixture, 'm', versions);
  const { path, environment: own } = fixture.registry;
  return { fixture, registry: await openRegistry(path, { ...own, identity: own.identity, programs }) };
}

describe('a registry that is shared through one repository on a server', () => {
  test.each([true, false])('is cloned, used, dropped and bundled; filters: %s', async (filters) => {
    const { fixture, registry } = await sharedFixture();
    using _ = fixture;
    using folder = temporaryFolder();
    bareRepository(join(folder.path, 'shared.git'), { filters });
    await using server = await serveByHttp(folder.path, { filters });
    await addRemote(registry, 'origin', server.urlOf('shared.git'));
    await push(registry);
    const clone = join(folder.path, 'clone');
    const { registry: lazy, pull } = await cloneRegistry(
      server.urlOf('shared.git'),
      clone,
      { ...environment(), programs },
      { from: folder.path },
    );
    expect(pull).toMatchObject({ unfiltered: !filters });
    const gitDir = join(clone, 'models', 'm.git');
    const planned = await fetchFiles(lazy, 'm@v1', { dryRun: true });
    expect(planned.fetched.bytes > 0).toBe(filters);
    await expectTakenOut(lazy, 'm@v1', versions[0]!);
    expect((await verifyModel(lazy, 'm')).map(({ ok }) => ok)).toEqual([true, true, true]);
    fsckStrict(gitDir);
    const before = bytesOf(gitDir);
    const { freed, models } = await dropFetched(lazy);
    expect(models.map(({ skipped }) => skipped)).toEqual(models.map(() => undefined));
    expect(before - bytesOf(gitDir)).toBe(freed);
    expect(freed > 0).toBe(filters);
    fsckStrict(gitDir);
    gitText(gitDir, 'gc', '--quiet', '--prune=now');
    fsckStrict(gitDir);
    const { files } = await showVersion(lazy, 'm@v1', { presence: true });
    expect(files.some(({ size, present = size }) => present < size)).toBe(filters);
    const bundle = join(folder.path, 'm.bundle');
    await createBundle(lazy, ['m'], bundle);
    using other = await registryFixture();
    const there = await openRegistry(other.registry.path, { ...environment(), programs });
    expect((await importBundle(there, bundle)).models).toMatchObject([{ main: 'created', problems: [] }]);
    await expectTakenOut(there, 'm@v2', versions[1]!);
  });

  test('gives back what was fetched for a version that is deleted', async () => {
    const { fixture, registry } = await sharedFixture();
    using _ = fixture;
    using folder = temporaryFolder();
    bareRepository(join(folder.path, 'shared.git'));
    await addRemote(registry, 'origin', join(folder.path, 'shared.git'));
    await push(registry);
    const { registry: lazy } = await cloneRegistry(
      'shared.git',
      'clone',
      { ...environment(), programs },
      { from: folder.path },
    );
    await fetchFiles(lazy, 'm@3.0+other');
    const { freed } = await planVersionDeletion(lazy, 'm@3.0+other');
    expect(freed).toBeGreaterThan(1_000_000);
    expect(await deleteVersion(lazy, 'm@3.0+other')).toMatchObject({ freed });
    fsckStrict(join(folder.path, 'clone', 'models', 'm.git'));
    await expectTakenOut(lazy, 'm@v1', versions[0]!);
  });
});

test('several processes fetch into one clone at the same time', async () => {
  using fixture = await lazyFixture((origin) => storeHistory(origin, 'm', versions));
  fixture.clone('m');
  const script = join(import.meta.dirname, 'take-out-once.ts');
  const folders = ['v1', 'v2', 'v1'].map((version, index) => ({
    version,
    to: join(fixture.lazy.work, `out-${index}`),
  }));
  const children = folders.map(({ version, to }) => {
    const args = ['--disable-warning=ExperimentalWarning', script, fixture.registry.path, `m@${version}`, to];
    return spawn(execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  });
  const codes = await Promise.all(children.map((child) => once(child, 'close')));
  expect(codes.map(([code]) => code)).toEqual([0, 0, 0]);
  for (const { version, to } of folders) {
    const { files } = versions.find(({ name }) => name === version)!;
    const weights = readFileSync(join(to, 'weights.safetensors'));
    expect(weights.equals(files['weights.safetensors']!.bytes)).toBe(true);
  }
  fsckStrict(fixture.lazy.gitDir('m'));
});
