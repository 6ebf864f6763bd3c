import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { createModel, createVersion, examineRegistry, initRegistry, listModels } from '../src/index.ts';

const environment = {
  identity: { name: 'Test', email: 'test@example.invalid' },
  now: () => new Date(),
  timezoneOffsetMinutes: () => 0,
};
const template = join(import.meta.dirname, '../../../registry-template');

test('a registry is not stored in itself, whatever way leads to it', async () => {
  using folder = temporaryFolder();
  const registry = await initRegistry(join(folder.path, 'registry'), { template }, environment);
  await createModel(registry, 'm');
  symlinkSync(folder.path, join(folder.path, 'link'));
  mkdirSync(join(registry.path, 'inside'));
  writeFileSync(join(registry.path, 'inside', 'weights'), 'w');
  const add = (path: string) =>
    createVersion(registry, { model: 'm', version: 'v1' }, { sources: [{ path }] });

  await expect(add(registry.path)).rejects.toMatchObject({ code: 'invalid' });
  await expect(add(folder.path)).rejects.toThrow('holds the registry');
  await expect(add(join(folder.path, 'link', 'registry'))).rejects.toThrow('holds the registry');
  for (const kept of ['models', 'models/m.git/HEAD', '.cairn']) {
    await expect(add(join(registry.path, kept))).rejects.toThrow('keeps for itself');
  }
  expect((await add(join(registry.path, 'inside'))).version.files).toHaveLength(1);
});

test('a file where this machine keeps its own things is told, by doctor too, and nothing is made', async () => {
  using folder = temporaryFolder();
  const registry = await initRegistry(join(folder.path, 'registry'), { template }, environment);
  const local = join(registry.path, '.cairn');
  rmSync(local, { recursive: true, force: true });
  writeFileSync(local, '');

  await expect(createModel(registry, 'm')).rejects.toMatchObject({
    code: 'exists',
    message: `${local} is a file, and a folder is needed there`,
  });
  expect(await listModels(registry)).toEqual([]);
  const findings = await examineRegistry(registry);
  expect(findings.map(({ level, subject }) => [level, subject])).toEqual([['problem', '.cairn']]);
  rmSync(local);
  await createModel(registry, 'm');
});

test('a model that was made for a version goes with it when the version does not come to be', async () => {
  using folder = temporaryFolder();
  const registry = await initRegistry(join(folder.path, 'registry'), { template }, environment);
  writeFileSync(join(folder.path, 'weights'), Buffer.alloc(3_000_000));
  const controller = new AbortController();
  const adding = createVersion(
    registry,
    { model: 'm', version: 'v1' },
    {
      sources: [{ path: join(folder.path, 'weights') }],
      createModel: true,
      signal: controller.signal,
      onProgress: ({ done }) => done > 0 && controller.abort(),
    },
  );

  await expect(adding).rejects.toMatchObject({ code: 'cancelled' });
  expect(await listModels(registry)).toEqual([]);
});
