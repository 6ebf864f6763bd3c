import { join } from 'node:path';
import { fsckStrict, git, gitText } from '@cairn/testkit';
import { expect, test } from 'vitest';
import {
  deleteVersion,
  editVersion,
  listVersions,
  renameModel,
  renameVersion,
  showVersion,
  takeOut,
  verifyModel,
} from '../../src/index.ts';
import { expectFailure, expectRefusal, filesBelow } from '../registry-fixture.ts';
import { ANOTHER, PACKAGE, sealedRegistry, sealVersion, UNLOCK } from './sealed-fixture.ts';

test('a sealed version is renamed with its key, and only its list of files is sealed anew', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const before = await showVersion(registry, 'net@v1');
  await editVersion(registry, 'net@v1', { description: 'noted' });

  await renameVersion(registry, 'net@v1', 'final', { unlock: UNLOCK });

  const after = await showVersion(registry, 'net@final', { unlock: UNLOCK });
  expect(after).toMatchObject({ version: 'final', description: 'noted', createdAt: before.createdAt });
  expect(after.sealing!.sealedAs).toEqual({ model: 'net', version: 'final' });
  const isObject = ({ path }: { path: string }) => path !== 'manifest.seal';
  expect(after.files.filter(isObject)).toEqual(before.files.filter(isObject));
  expect(after.files).not.toEqual(before.files);
  expect(await listVersions(registry, 'net')).toMatchObject([{ version: 'final', size: after.size }]);
  await takeOut(registry, 'net@final', join(work, 'out'), { unlock: UNLOCK });
  expect(filesBelow(join(work, 'out'))).toEqual(filesBelow(join(work, 'package-v1')));
  fsckStrict(fixture.gitDir('net'));
});

test('without the key, or with another, it keeps its name', async () => {
  using fixture = await sealedRegistry();
  const { registry } = fixture;

  await expectRefusal(fixture, () => renameVersion(registry, 'net@v1', 'v2'), {
    code: 'refused',
    names: ['net@v1', 'key'],
    hint: /key or passphrase/,
  });
  await expectRefusal(fixture, () => renameVersion(registry, 'net@v1', 'v2', { unlock: ANOTHER }), {
    code: 'wrong-key',
    names: ['net@v1'],
  });
});

test('a renaming that was cut short is finished by another, and no other version passes for it', async () => {
  using fixture = await sealedRegistry();
  const { registry } = fixture;
  const gitDir = fixture.gitDir('net');
  const tag = gitText(gitDir, 'rev-parse', 'refs/tags/v1');
  await renameVersion(registry, 'net@v1', 'v2', { unlock: UNLOCK });
  // Both names stand, as after a crash before the last step.
  git(gitDir, ['update-ref', 'refs/tags/v1', tag]);

  await renameVersion(registry, 'net@v1', 'v2', { unlock: UNLOCK });
  expect((await listVersions(registry, 'net')).map(({ version }) => version)).toEqual(['v2']);

  await sealVersion(fixture, 'v3');
  await expectRefusal(fixture, () => renameVersion(registry, 'net@v3', 'v2', { unlock: UNLOCK }), {
    code: 'exists',
    names: ['net@v2'],
  });
});

test('a version under the tag of another, with all that belongs to it, does not open as that one', async () => {
  using fixture = await sealedRegistry();
  const { registry } = fixture;
  const gitDir = fixture.gitDir('net');
  // Somebody without the key presents an old version as a new one, and writes all that Git and the registry look at.
  await sealVersion(fixture, 'v2', { ...PACKAGE, 'models/config.json': Buffer.from('{"fixed": true}') });
  const commit = gitText(gitDir, 'rev-parse', 'v1^{commit}');
  await deleteVersion(registry, 'net@v2');
  const message = gitText(gitDir, 'for-each-ref', '--format=%(contents)', 'refs/tags/v1');
  git(gitDir, ['-c', 'user.name=Eve', '-c', 'user.email=e@x', 'tag', '-a', '-m', message, 'v2', commit]);

  await expectFailure(showVersion(registry, 'net@v2', { unlock: UNLOCK }), {
    code: 'damaged',
    names: ['net@v2'],
  });
  await expectFailure(takeOut(registry, 'net@v2', join(fixture.work, 'out'), { unlock: UNLOCK }), {
    code: 'damaged',
    names: ['net@v2'],
  });
});

test('a model is renamed without its key, and its versions open as before', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;

  await renameModel(registry, 'net', 'mesh');
  const weights = Buffer.from(PACKAGE['models/weights.bin']!).fill(3, 0, 7);
  const { createVersion } = await import('../../src/index.ts');
  const { KEY, packageOptions } = await import('./sealed-fixture.ts');
  const created = await createVersion(
    registry,
    { model: 'mesh', version: 'v2' },
    {
      ...packageOptions(fixture, 'package-v2', { ...PACKAGE, 'models/weights.bin': weights }),
      type: 'packaged-encrypted',
      encryption: { kind: 'key', key: KEY },
    },
  );

  expect(created.stored.bytes).toBeLessThan(1.3 * 1024 * 1024);
  for (const version of ['v1', 'v2']) {
    await takeOut(registry, `mesh@${version}`, join(work, version), { unlock: UNLOCK });
    expect(filesBelow(join(work, version))).toEqual(filesBelow(join(work, `package-${version}`)));
  }
  expect((await showVersion(registry, 'mesh@v1')).sealing!.sealedAs).toEqual({ model: 'net', version: 'v1' });
  expect((await showVersion(registry, 'mesh@v2')).sealing!.sealedAs).toEqual({
    model: 'mesh',
    version: 'v2',
  });
  expect(await verifyModel(registry, 'mesh', { unlock: UNLOCK })).toMatchObject([{ ok: true }, { ok: true }]);
  await renameVersion(registry, 'mesh@v1', 'old', { unlock: UNLOCK });
  expect((await showVersion(registry, 'mesh@old', { unlock: UNLOCK })).sealing!.sealedAs).toEqual({
    model: 'net',
    version: 'old',
  });
});
