import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict } from '@cairn/testkit';
import { expect, test } from 'vitest';
import {
  createVersion,
  deleteVersion,
  openFile,
  openPackage,
  type Progress,
  showVersion,
  takeOut,
} from '../../src/index.ts';
import { expectFailure, expectRefusal, filesBelow, writeFiles } from '../registry-fixture.ts';
import { ANOTHER, KEY, MANIFEST, PACKAGE, sealedRegistry, sealVersion, UNLOCK } from './sealed-fixture.ts';

const PATHS = Object.keys(PACKAGE).sort();

test('a sealed version comes out byte for byte, and Git has nothing against what is stored', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;

  const taken = await takeOut(registry, 'net@v1', join(work, 'out'), { unlock: UNLOCK });

  expect(filesBelow(join(work, 'out'))).toEqual(filesBelow(join(work, 'package-v1')));
  expect(taken).toMatchObject({ files: PATHS.length, bytes: totalSize(), unchanged: 0 });
  fsckStrict(fixture.gitDir('net'));
});

test('what is executable comes out executable', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const folder = join(work, 'package');
  writeFiles(folder, PACKAGE);
  chmodSync(join(folder, 'hooks/load.py'), 0o755);
  await createVersion(
    registry,
    { model: 'net', version: 'v2' },
    { sources: [{ path: folder }], type: 'packaged-encrypted', encryption: { kind: 'key', key: KEY } },
  );

  await takeOut(registry, 'net@v2', join(work, 'out'), { unlock: UNLOCK });

  expect(statSync(join(work, 'out/hooks/load.py')).mode & 0o100).toBe(0o100);
  expect(statSync(join(work, 'out/hooks/predict.py')).mode & 0o100).toBe(0);
});

test('a part of it comes out alone, and what is there already is left as it is', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const out = join(work, 'out');

  const some = await takeOut(registry, 'net@v1', out, { unlock: UNLOCK, only: ['*.py', 'manifest.json'] });
  expect(some).toMatchObject({ files: 3, unchanged: 0 });
  const before = statSync(join(out, 'hooks/load.py'), { bigint: true });

  const rest = await takeOut(registry, 'net@v1', out, { unlock: UNLOCK });
  expect(rest).toMatchObject({ files: PATHS.length - 3, unchanged: 3 });
  expect(statSync(join(out, 'hooks/load.py'), { bigint: true }).ctimeNs).toBe(before.ctimeNs);
  expect(filesBelow(out)).toEqual(filesBelow(join(work, 'package-v1')));
});

test('what differs is replaced only when told', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const out = join(work, 'out');
  writeFiles(out, { 'models/config.json': 'mine', 'manifest.json': 'mine' });

  await expectFailure(takeOut(registry, 'net@v1', out, { unlock: UNLOCK }), {
    code: 'refused',
    names: [/manifest\.json|config\.json/, 'differs'],
  });
  expect(readdirSync(out).sort()).toEqual(['manifest.json', 'models']);

  await takeOut(registry, 'net@v1', out, { unlock: UNLOCK, force: true });
  expect(filesBelow(out)).toEqual(filesBelow(join(work, 'package-v1')));
});

test('without anything to open it with it is refused, and nothing is written', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const sealed = { code: 'refused', names: ['net@v1', 'sealed'], hint: /--sealed/ } as const;

  await expectRefusal(fixture, () => takeOut(registry, 'net@v1', join(work, 'deep/out')), sealed);
  await expectRefusal(fixture, () => openFile(registry, 'net@v1:models/config.json'), sealed);
  await expectRefusal(fixture, () => openPackage(registry, 'net@v1'), sealed);

  expect(existsSync(join(work, 'deep'))).toBe(false);
});

test('a wrong key is told from damage, and nothing is written', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const wrong = { code: 'wrong-key', names: ['net@v1'] } as const;
  const unlock = ANOTHER;

  await expectRefusal(fixture, () => takeOut(registry, 'net@v1', join(work, 'deep/out'), { unlock }), wrong);
  await expectRefusal(fixture, () => openFile(registry, 'net@v1:models/config.json', { unlock }), wrong);
  await expectRefusal(fixture, () => openPackage(registry, 'net@v1', { unlock }), wrong);
  await expectRefusal(fixture, () => showVersion(registry, 'net@v1', { unlock }), wrong);

  expect(existsSync(join(work, 'deep'))).toBe(false);
});

test('the sealed files come out as they are stored, without a key', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;

  await takeOut(registry, 'net@v1', join(work, 'out'), { sealed: true });

  const found = Object.keys(filesBelow(join(work, 'out'))).sort();
  expect(found[0]).toBe('envelope.json');
  expect(found[1]).toBe('manifest.seal');
  expect(found.slice(2).every((path) => /^objects\/[0-9a-f]{32}\.seal$/.test(path))).toBe(true);
  // One for the files below a segment, one for each of the others.
  expect(found).toHaveLength(2 + 3);
  using envelope = await openFile(registry, 'net@v1:envelope.json', { sealed: true });
  expect(Buffer.from(await envelope.read(0, envelope.size))).toEqual(
    readFileSync(join(work, 'out/envelope.json')),
  );
});

test('show says how it is sealed, and with the key what is in it', async () => {
  using fixture = await sealedRegistry();
  const { registry } = fixture;

  const closed = await showVersion(registry, 'net@v1');
  expect(closed.sealing).toMatchObject({
    slots: [{ kind: 'key', logN: null }],
    revision: 0,
    sealedAs: { model: 'net', version: 'v1' },
    contents: null,
  });
  expect(closed.files.map(({ path }) => path)).toContain('manifest.seal');

  const opened = await showVersion(registry, 'net@v1', { unlock: UNLOCK });
  expect(opened.files).toEqual(closed.files);
  expect(opened.sealing!.contents).toMatchObject({ manifest: MANIFEST, size: totalSize() });
  expect(opened.sealing!.contents!.files.map(({ path }) => path)).toEqual(PATHS);
});

test('a package that is not sealed has nothing to do with keys', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  await createVersion(
    registry,
    { model: 'net', version: 'plain' },
    { sources: [{ path: join(work, 'package-v1') }], type: 'packaged' },
  );

  await takeOut(registry, 'net@plain', join(work, 'out'), { unlock: ANOTHER });

  expect(filesBelow(join(work, 'out'))).toEqual(filesBelow(join(work, 'package-v1')));
  expect((await showVersion(registry, 'net@plain', { unlock: ANOTHER })).sealing).toBeNull();
});

test('it can be stopped, and leaves nothing behind', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const before = readdirSync(work);
  const stop = new AbortController();
  const onProgress = () => stop.abort();

  await expectFailure(
    takeOut(registry, 'net@v1', join(work, 'out'), { unlock: UNLOCK, signal: stop.signal, onProgress }),
    { code: 'cancelled', names: [] },
  );

  expect(readdirSync(work)).toEqual(before);
});

test('progress counts bytes of plaintext up to the whole', async () => {
  using fixture = await sealedRegistry();
  const seen: Progress[] = [];

  await takeOut(fixture.registry, 'net@v1', join(fixture.work, 'out'), {
    unlock: UNLOCK,
    onProgress: (progress) => seen.push(progress),
  });

  expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
  expect(seen.at(-1)).toMatchObject({ phase: 'writing', done: totalSize(), total: totalSize() });
});

test('large versions are opened by several threads, to the same bytes', async () => {
  const files = {
    ...PACKAGE,
    ...Object.fromEntries([13, 7, 6].map((n) => [`models/shard-${n}.bin`, filled(n * 1024 * 1024 + n, n)])),
  };
  using fixture = await sealedRegistry(files);
  const { registry, work } = fixture;

  await takeOut(registry, 'net@v1', join(work, 'out'), { unlock: UNLOCK });

  expect(filesBelow(join(work, 'out'))).toEqual(filesBelow(join(work, 'package-v1')));
});

test('a version that uses sealed data of an earlier one comes out whole after that one is gone', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const weights = Buffer.from(PACKAGE['models/weights.bin']!);
  weights[SECOND_SEGMENT] = weights[SECOND_SEGMENT]! ^ 1;
  const created = await sealVersion(fixture, 'v2', { ...PACKAGE, 'models/weights.bin': weights });
  // A changed segment, a manifest and an envelope, instead of four segments and more.
  expect(created.stored.bytes).toBeLessThan(1.3 * 1024 * 1024);
  await deleteVersion(registry, 'net@v1');

  await takeOut(registry, 'net@v2', join(work, 'out'), { unlock: UNLOCK });

  expect(filesBelow(join(work, 'out'))).toEqual(filesBelow(join(work, 'package-v2')));
  fsckStrict(fixture.gitDir('net'));
});

test('a file that somebody puts in the way meanwhile is not overwritten', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const out = join(work, 'out');
  const onProgress = () => writeFiles(out, { 'mine.txt': 'mine' });

  await expectFailure(takeOut(registry, 'net@v1', out, { unlock: UNLOCK, onProgress }), {
    code: 'conflict',
    names: [out],
  });

  expect(readdirSync(out)).toEqual(['mine.txt']);
});

const SECOND_SEGMENT = 1024 * 1024 + 5;

function totalSize(): number {
  return Object.values(PACKAGE).reduce((sum, { length }) => sum + length, 0);
}

function filled(size: number, seed: number): Uint8Array {
  return Buffer.alloc(size, `shard ${seed} `);
}
