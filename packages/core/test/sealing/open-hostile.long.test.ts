import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict } from '@cairn/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type CairnErrorCode,
  deleteModel,
  importContainer,
  openFile,
  openPackage,
  openPackageFile,
  showVersion,
  takeOut,
  verifyVersion,
} from '../../src/index.ts';
import { expectFailure, filesBelow, type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { containerWith, fileEntry, type Honest, honestContainer, sealObject } from './hostile-container.ts';
import { UNLOCK } from './sealed-fixture.ts';

let fixture: RegistryFixture;
let honest: Honest;
beforeAll(async () => {
  fixture = await registryFixture();
  honest = await honestContainer();
});
afterAll(() => fixture[Symbol.dispose]());

/** What somebody who has the key may write, and what is answered. Git finds nothing wrong with any of it. */
const FORGERIES: readonly {
  readonly what: string;
  readonly code: CairnErrorCode;
  readonly forge: (honest: Honest) => unknown;
}[] = [
  ...[
    '../evil',
    '/etc/passwd',
    'a\\b',
    'models/.git/config',
    '.GIT/config',
    'models/con.txt',
    'models/nul',
    'models/a\u0001b',
    'C:evil',
    'models/git~1/x',
    'models/. ',
    'models//x',
  ].map((path) => ({
    what: `a file called ${JSON.stringify(path)}`,
    code: 'hostile' as const,
    forge: (from: Honest) => withFile(from, { path }),
  })),
  {
    what: 'two files that differ in case alone',
    code: 'hostile',
    forge: (from) => withEmpty(from, 'HOOKS/LOAD.PY'),
  },
  {
    what: 'a file in a folder that is a file',
    code: 'hostile',
    forge: (from) => withEmpty(from, 'hooks/load.py/x'),
  },
  {
    what: 'a file like the manifest but for its case',
    code: 'hostile',
    forge: (from) => withEmpty(from, 'Manifest.JSON'),
  },
  {
    what: 'a second manifest that is another',
    code: 'hostile',
    forge: (from) => withEmpty(from, 'manifest.json'),
  },
  { what: 'a size that lies', code: 'hostile', forge: (from) => withFile(from, { size: 5 }) },
  {
    what: 'an extent outside of its object',
    code: 'hostile',
    forge: (from) => withExtents(from, [[0, 2 ** 40, 16]]),
  },
  { what: 'an extent in no object', code: 'hostile', forge: (from) => withExtents(from, [[7, 0, 16]]) },
  { what: 'overlapping extents', code: 'hostile', forge: overlapping },
  { what: 'a negative size', code: 'hostile', forge: (from) => withFile(from, { size: -1 }) },
  { what: 'a field too many', code: 'hostile', forge: (from) => ({ ...from.manifest, extra: 1 }) },
  { what: 'no JSON', code: 'hostile', forge: () => '{"cid":' },
  { what: 'JSON in another order', code: 'hostile', forge: ({ manifest }) => JSON.stringify(manifest) },
  {
    what: 'a format to come',
    code: 'unsupported',
    forge: ({ manifest }) => ({ ...manifest, fmt: 'cairn-manifest/2' }),
  },
  { what: 'another name inside', code: 'damaged', forge: ({ manifest }) => ({ ...manifest, version: 'v2' }) },
  {
    what: 'an object that is not there',
    code: 'damaged',
    forge: ({ manifest }) => ({
      ...manifest,
      objects: [{ ...manifest.objects[0], id: '0' }, ...manifest.objects.slice(1)],
    }),
  },
  {
    what: 'an object of another size',
    code: 'damaged',
    forge: ({ manifest }) => ({
      ...manifest,
      objects: manifest.objects.map((object) => ({ ...object, size: 2 ** 30 })),
    }),
  },
];

test.each(FORGERIES)('a manifest with $what is refused as $code before anything is written', async ({
  forge,
  code,
}) => {
  const file = await imported(await containerWith(honest, forge(honest)));
  const { registry, work } = fixture;
  const refused = { code, names: ['net@v1'] };
  const out = join(work, 'out');

  await expectFailure(takeOut(registry, 'net@v1', out, { unlock: UNLOCK }), refused);
  await expectFailure(openPackage(registry, 'net@v1', { unlock: UNLOCK }), refused);
  await expectFailure(openFile(registry, 'net@v1:hooks/load.py', { unlock: UNLOCK }), refused);
  await expectFailure(showVersion(registry, 'net@v1', { unlock: UNLOCK }), refused);
  await expectFailure(openPackageFile(file, { unlock: UNLOCK }), { ...refused, names: [file] });
  const verified = await verifyVersion(registry, 'net@v1', { unlock: UNLOCK });
  expect(verified).toMatchObject({ ok: false, opened: false, problems: [{ code }] });
  // Without the key it is a version like any other.
  expect(await verifyVersion(registry, 'net@v1')).toMatchObject({ ok: true, opened: false });

  expect(existsSync(out)).toBe(false);
  expect(readdirSync(work).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('the container that all of them are made from is itself in order', async () => {
  const file = await imported(await containerWith(honest, honest.manifest));
  const { registry, work } = fixture;

  await takeOut(registry, 'net@v1', join(work, 'honest'), { unlock: UNLOCK });

  expect(Object.keys(filesBelow(join(work, 'honest')))).toHaveLength(4);
  expect(await verifyVersion(registry, 'net@v1', { unlock: UNLOCK })).toMatchObject({
    ok: true,
    opened: true,
    files: 4,
    problems: [],
  });
  await using opened = await openPackageFile(file, { unlock: UNLOCK });
  expect(opened.files).toHaveLength(4);
  fsckStrict(fixture.gitDir('net'));
});

test('a hash that lies is damage in that file alone, and no file is given out', async () => {
  const sha256 = '0'.repeat(64);
  const file = await imported(await containerWith(honest, withFile(honest, { sha256 })));
  const { registry, work } = fixture;
  const out = join(work, 'lying');

  await expectFailure(takeOut(registry, 'net@v1', out, { unlock: UNLOCK }), {
    code: 'damaged',
    names: ['net@v1', 'hooks/load.py'],
  });
  expect(existsSync(out)).toBe(false);
  const verified = await verifyVersion(registry, 'net@v1', { unlock: UNLOCK });
  expect(verified.problems).toMatchObject([{ path: 'hooks/load.py', code: 'damaged' }]);
  expect(JSON.stringify(verified)).not.toMatch(/[0-9a-f]{64}/);
  await using opened = await openPackageFile(file, { unlock: UNLOCK });
  await expectFailure(readAll(opened.stream('hooks/load.py')), { code: 'damaged', names: ['hooks/load.py'] });
  await takeOut(registry, 'net@v1', out, { unlock: UNLOCK, only: ['models'] });
});

test('a header that no key of the domain has made is damage', async () => {
  const { manifest } = honest;
  const header = Buffer.alloc(56, 7).toString('base64url');
  const objects = manifest.objects.map((object) => ({ ...object, header }));
  await imported(await containerWith(honest, { ...manifest, objects }));
  const { registry, work } = fixture;

  await expectFailure(takeOut(registry, 'net@v1', join(work, 'header'), { unlock: UNLOCK }), {
    code: 'damaged',
    names: ['net@v1'],
  });
  expect(await verifyVersion(registry, 'net@v1', { unlock: UNLOCK })).toMatchObject({
    ok: false,
    opened: true,
  });
});

test('an object under the id of another, or an older one, does not take its place', async () => {
  const ids = [...honest.objects.keys()];
  const small = ids.find((id) => honest.objects.get(id)!.length < 100_000)!;
  const older = await sealObject(honest.domain, Buffer.alloc(36, 'old'), small);
  const objects = new Map([...honest.objects, [small, older.bytes] as const]);
  await imported(await containerWith({ ...honest, objects }, honest.manifest));
  const { registry, work } = fixture;

  await expectFailure(takeOut(registry, 'net@v1', join(work, 'older'), { unlock: UNLOCK }), {
    code: 'damaged',
    names: ['net@v1'],
  });
  await expectFailure(
    openPackage(registry, 'net@v1', { unlock: UNLOCK }).then((opened) =>
      readAll(opened.stream('hooks/load.py')),
    ),
    {
      code: 'damaged',
      names: ['net@v1'],
    },
  );
});

test('an object that nobody asks for is refused', async () => {
  const extra = await sealObject(honest.domain, Buffer.from('extra'));
  const objects = new Map([...honest.objects, [extra.id, extra.bytes] as const]);
  await imported(await containerWith({ ...honest, objects }, honest.manifest));

  await expectFailure(openPackage(fixture.registry, 'net@v1', { unlock: UNLOCK }), {
    code: 'damaged',
    names: ['net@v1', extra.id],
  });
});

/** Puts a container into the registry in the place of the one before. */
async function imported(bytes: Uint8Array): Promise<string> {
  const file = join(fixture.work, 'forged.cairn');
  writeFileSync(file, bytes);
  await deleteModel(fixture.registry, 'net').catch(() => {});
  await importContainer(fixture.registry, file, {}, { createModel: true });
  return file;
}

/** The first file with some fields that are others, in its place by path. */
function withFile({ manifest }: Honest, fields: object): object {
  const [first, ...rest] = manifest.files;
  return { ...manifest, files: sorted([{ ...first, ...fields }, ...rest]) };
}

function withExtents(from: Honest, extents: readonly (readonly number[])[]): object {
  return withFile(from, { extents, size: extents.reduce((sum, [, , length]) => sum + length!, 0) });
}

/** One more file, of nothing. */
function withEmpty({ manifest }: Honest, path: string): object {
  return { ...manifest, files: sorted([...manifest.files, fileEntry(path, Buffer.alloc(0), [])]) };
}

/** The second small file begins within the first. */
function overlapping({ manifest }: Honest): object {
  const [first, second, ...rest] = manifest.files;
  const [[object, , length]] = second!.extents as [[number, number, number]];
  return { ...manifest, files: [first, { ...second, extents: [[object, 3, length]] }, ...rest] };
}

function sorted(files: readonly object[]): object[] {
  return (files as { path: string }[]).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}
