import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fsckStrict } from '@cairn/testkit';
import { expect, test } from 'vitest';
import {
  createVersion,
  deleteVersion,
  exportContainer,
  grantAccess,
  importContainer,
  listVersions,
  openPackageFile,
  renameModel,
  revokeAccess,
  showVersion,
  takeOut,
} from '../../src/index.ts';
import { expectFailure, expectRefusal, filesBelow, registryFixture } from '../registry-fixture.ts';
import { containerWith, honestContainer } from './hostile-container.ts';
import {
  ANOTHER,
  containerBytes,
  KEY,
  PACKAGE,
  SEGMENT,
  sealedRegistry,
  sealVersion,
  UNLOCK,
} from './sealed-fixture.ts';

test('a version goes into a file and out of it into another registry, without a key', async () => {
  using from = await sealedRegistry();
  using to = await registryFixture();
  const file = join(from.work, 'deep/net-v1.cairn');

  const exported = await exportContainer(from.registry, 'net', file);
  expect(exported).toEqual({ file, size: readFileSync(file).length, model: 'net', version: 'v1' });
  const { version } = await importContainer(
    to.registry,
    file,
    {},
    { createModel: true, description: 'Brought' },
  );

  expect(version).toMatchObject({
    model: 'net',
    version: 'v1',
    type: 'packaged-encrypted',
    description: 'Brought',
  });
  expect(version.sources).toEqual([{ kind: 'container', path: file }]);
  expect(version.files).toEqual((await showVersion(from.registry, 'net@v1')).files);
  await takeOut(to.registry, 'net@v1', join(to.work, 'out'), { unlock: UNLOCK });
  expect(filesBelow(join(to.work, 'out'))).toEqual(filesBelow(join(from.work, 'package-v1')));
  fsckStrict(to.gitDir('net'));
});

test('what is imported again is stored once, and gives the same file', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const bytes = await containerBytes(fixture);
  writeFileSync(join(work, 'again.cairn'), bytes);

  const { stored } = await importContainer(
    registry,
    join(work, 'again.cairn'),
    { model: 'net2' },
    { createModel: true },
  );
  expect(stored.bytes).toBe((await showVersion(registry, 'net@v1')).size);
  await exportContainer(registry, 'net2@v1', join(work, 'out.cairn'));
  expect(readFileSync(join(work, 'out.cairn')).equals(bytes)).toBe(true);

  // What a later version uses of it is still there.
  await sealVersion(fixture, 'v2');
  await deleteVersion(registry, 'net@v1');
  const { reused } = await importContainer(registry, join(work, 'again.cairn'));
  expect(reused.bytes).toBeGreaterThan(4 * SEGMENT);
});

test('it opens by itself, without any registry', async () => {
  using fixture = await sealedRegistry();
  const file = join(fixture.work, 'net.cairn');
  writeFileSync(file, await containerBytes(fixture));

  await using opened = await openPackageFile(file, { unlock: UNLOCK });

  expect(opened).toMatchObject({ model: 'net', version: 'v1', type: 'packaged-encrypted' });
  expect(opened.files.map(({ path }) => path)).toEqual(Object.keys(PACKAGE).sort());
  for (const [path, bytes] of Object.entries(PACKAGE)) {
    const pieces: Buffer[] = [];
    for await (const piece of opened.stream(path)) pieces.push(Buffer.from(piece));
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  }
  await expectFailure(openPackageFile(file, { unlock: ANOTHER }), { code: 'wrong-key', names: [file] });
});

test('the model may have another name here, the version keeps its own', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const file = join(work, 'net.cairn');
  writeFileSync(file, await containerBytes(fixture));

  await expectRefusal(
    fixture,
    () => importContainer(registry, file, { version: 'v9' }, { createModel: true }),
    {
      code: 'refused',
      names: [file, 'v1', 'v9'],
      hint: /rename/,
    },
  );
  const { version } = await importContainer(
    registry,
    file,
    { model: 'other', version: 'v1' },
    { createModel: true },
  );

  expect(version.model).toBe('other');
  const { sealing } = await showVersion(registry, 'other@v1', { unlock: UNLOCK });
  expect(sealing!.sealedAs).toEqual({ model: 'net', version: 'v1' });
  expect(sealing!.contents!.files).toHaveLength(Object.keys(PACKAGE).length);
});

test('a model that was renamed is exported with the names that its keys depend on', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  await renameModel(registry, 'net', 'mesh');
  const file = join(work, 'mesh.cairn');

  expect(await exportContainer(registry, 'mesh@v1', file)).toMatchObject({ model: 'mesh', version: 'v1' });

  await using opened = await openPackageFile(file, { unlock: UNLOCK });
  expect(opened.model).toBe('net');
});

test('the file opens with what opens the version now', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const other = new Uint8Array(32).fill(9);
  await grantAccess(registry, 'net', { unlock: UNLOCK, secret: { kind: 'key', key: other } });
  await revokeAccess(registry, 'net', {
    unlock: { secret: { kind: 'key', key: other } },
    secret: { kind: 'key', key: KEY },
  });
  const file = join(work, 'net.cairn');

  await exportContainer(registry, 'net@v1', file);

  await expectFailure(openPackageFile(file, { unlock: UNLOCK }), { code: 'wrong-key', names: [file] });
  await using opened = await openPackageFile(file, { unlock: { secret: { kind: 'key', key: other } } });
  expect(opened.files).toHaveLength(Object.keys(PACKAGE).length);
});

test('what is not sealed is not exported, and no file is overwritten', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const sources = [{ path: join(work, 'package-v1') }];
  await createVersion(registry, { model: 'net', version: 'plain' }, { sources });
  const file = fixture.write({ 'there.cairn': 'mine' });

  await expectFailure(exportContainer(registry, 'net@plain', join(work, 'plain.cairn')), {
    code: 'refused',
    names: ['net@plain', 'plaintext'],
  });
  await expectFailure(exportContainer(registry, 'net@v1', file), { code: 'exists', names: [file] });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  await exportContainer(registry, 'net@v1', file, { force: true });
  expect(readFileSync(file)).toHaveLength((await containerBytes(fixture)).length);
});

test('a file that is no container, or is cut short, added to or in the way is told', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const bytes = await containerBytes(fixture);
  await deleteVersion(registry, 'net@v1');
  const file = join(work, 'bad.cairn');
  const refusedAs = async (
    code: 'damaged' | 'not-found' | 'invalid' | 'hostile' | 'unsupported',
    path = file,
  ) => {
    await expectRefusal(fixture, () => importContainer(registry, path), { code, names: [path] });
    await expectFailure(openPackageFile(path, { unlock: UNLOCK }), { code, names: [path] });
  };

  await refusedAs('not-found', join(work, 'nothing.cairn'));
  await refusedAs('invalid', work);
  writeFileSync(file, '');
  await refusedAs('damaged');
  writeFileSync(file, 'PK\u0003\u0004 is how a ZIP archive begins');
  await refusedAs('damaged');
  writeFileSync(file, Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'));
  await refusedAs('damaged');
  for (const size of [10, 19, 100, bytes.length - 1]) {
    writeFileSync(file, bytes);
    truncateSync(file, size);
    await refusedAs('damaged');
  }
  writeFileSync(file, bytes);
  appendFileSync(file, '\0');
  await refusedAs('damaged');
  // An index of 4 GiB.
  writeFileSync(file, Buffer.concat([bytes.subarray(0, 16), Buffer.alloc(4, 255), bytes.subarray(20)]));
  await refusedAs('hostile');
});

test('bytes that no key of its own has made are let in, and found when they are opened', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const bytes = await containerBytes(fixture);
  bytes[bytes.length - 5000]! ^= 4;
  const file = join(work, 'flipped.cairn');
  writeFileSync(file, bytes);
  await deleteVersion(registry, 'net@v1');

  await importContainer(registry, file);

  await expectFailure(takeOut(registry, 'net@v1', join(work, 'out'), { unlock: UNLOCK }), {
    code: 'damaged',
    names: ['net@v1'],
  });
});

test('names that no version can have are hostile', async () => {
  using fixture = await registryFixture();
  const { registry, work } = fixture;
  const file = join(work, 'hostile.cairn');
  for (const name of [
    { model: '../../evil', version: 'v1' },
    { model: 'net', version: 'latest' },
    { model: 'net', version: 'refs/heads/main' },
    { model: '-x', version: 'v1' },
  ]) {
    const honest = await honestContainer(name);
    writeFileSync(file, await containerWith(honest, honest.manifest, name));
    await expectRefusal(fixture, () => importContainer(registry, file, {}, { createModel: true }), {
      code: 'hostile',
      names: [file],
    });
  }
});

test('a version that is there is not replaced, and a model that is not there is made only when told', async () => {
  using fixture = await sealedRegistry();
  using empty = await registryFixture();
  const file = join(fixture.work, 'net.cairn');
  writeFileSync(file, await containerBytes(fixture));

  await expectRefusal(fixture, () => importContainer(fixture.registry, file), {
    code: 'exists',
    names: ['net@v1'],
  });
  await expectRefusal(empty, () => importContainer(empty.registry, file), {
    code: 'not-found',
    names: ['net'],
  });
});

test('an import that is stopped leaves nothing, nor does one whose file changes', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const file = join(work, 'net.cairn');
  writeFileSync(file, await containerBytes(fixture));
  const stop = new AbortController();
  const target = { model: 'other' };

  await expectFailure(
    importContainer(registry, file, target, {
      createModel: true,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    }),
    { code: 'cancelled', names: [] },
  );
  await expectFailure(
    importContainer(registry, file, target, {
      createModel: true,
      onProgress: () => appendFileSync(file, 'x'),
    }),
    { code: 'changed', names: [file] },
  );

  await expectFailure(listVersions(registry, 'other'), { code: 'not-found', names: ['other'] });
});

test('an export that is stopped leaves nothing', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const stop = new AbortController();
  mkdirSync(join(work, 'out'));

  await expectFailure(
    exportContainer(registry, 'net@v1', join(work, 'out/net.cairn'), {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    }),
    { code: 'cancelled', names: [] },
  );

  expect(readdirSync(join(work, 'out'))).toEqual([]);
});

test('a link to a container is followed, as for any file that is read', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  writeFileSync(join(work, 'net.cairn'), await containerBytes(fixture));
  symlinkSync(join(work, 'net.cairn'), join(work, 'link.cairn'));
  await deleteVersion(registry, 'net@v1');

  await importContainer(registry, join(work, 'link.cairn'));

  expect((await showVersion(registry, 'net@v1', { unlock: UNLOCK })).sealing!.contents).not.toBeNull();
});
