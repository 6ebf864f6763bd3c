import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { git, gitText, pseudoRandomBytes } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CairnErrorCode,
  createModel,
  createVersion,
  deleteVersion,
  editModel,
  examineRegistry,
  findRegistry,
  listModels,
  listVersions,
  openFile,
  openRegistry,
  renameModel,
  showModel,
  showVersion,
  takeOut,
  verifyModel,
  verifyRegistry,
  verifyVersion,
} from '../src/index.ts';
import { ForgedRepository } from './forged-repository.ts';
import {
  copyOf,
  type ExpectedFailure,
  environment,
  expectFailure,
  expectRefusal,
  filesBelow,
  type RegistryFixture,
  registryFixture,
} from './registry-fixture.ts';

const MIB = 1024 * 1024;
const WEIGHTS = pseudoRandomBytes('weights', 3 * MIB);

/** What is done to a file, and what it is called then: damage, where nothing else is said. */
type Harm = [what: string, harm: (path: string) => void, code?: CairnErrorCode];

let healthy: RegistryFixture;

beforeAll(async () => {
  healthy = await healthyRegistry();
});

afterAll(() => healthy[Symbol.dispose]());

describe('a damaged pack', () => {
  test('a byte that flipped in a part is never given out, and told by file, place and object', async () => {
    using damaged = await withTwoVersions();
    const { registry, work } = damaged;
    const { revision, start } = secondPart(damaged);
    const { pack } = entryOf(damaged, revision);
    flip(pack, readFileSync(pack).indexOf(WEIGHTS.subarray(start + 500, start + 600)));
    await expectNotTakenOut(damaged, {
      code: 'damaged',
      names: ['m@v1', 'weights.bin'],
      hint: /cairn verify m@v1/,
    });

    const verification = await verifyVersion(registry, 'm@v1');
    expect(verification).toMatchObject({
      ok: false,
      files: 2,
      problems: [{ path: 'weights.bin', code: 'damaged' }],
    });

    using file = await openFile(registry, 'm@v1:weights.bin');
    expect(Buffer.from(await file.read(start - 100, 100))).toEqual(WEIGHTS.subarray(start - 100, start));
    const unreadable = { code: 'damaged', names: ['m@v1:weights.bin'], hint: /./ } as const;
    await expectFailure(file.read(start, 1), unreadable);
    await expectFailure(Array.fromAsync(file.stream()), unreadable);
    await takeOut(registry, 'm@v1', join(work, 'text'), { only: ['notes.txt'] });
  });

  test.each([
    ['tag', 'v1', 'damaged'],
    ['commit', 'v1^{commit}', 'damaged'],
    ['tree', 'v1^{tree}', 'damaged'],
    ['version.json', 'v1:version.json', 'damaged'],
    ['tree of files', 'v1:files', 'ok'],
    ['table of parts', 'v1:files/weights.bin.parts', 'ok'],
  ])('a byte that flipped in a %s is told', async (_, revision, shown) => {
    using damaged = await withTwoVersions();
    const { pack, offset, size } = entryOf(damaged, revision);
    flip(pack, offset + Math.floor(size / 2));
    const expected = { code: 'damaged', names: ['m@v1'], hint: /./ } as const;
    if (shown === 'damaged') await expectFailure(showVersion(damaged.registry, 'm@v1'), expected);
    await expectNotTakenOut(damaged, expected);
    await expectReported(damaged);
  });

  test.each<Harm>([
    ['cut to half', (path: string) => truncateSync(path, Math.floor(readFileSync(path).length / 2))],
    ['cut by one byte', (path: string) => truncateSync(path, readFileSync(path).length - 1)],
    ['emptied', (path: string) => truncateSync(path, 0)],
    ['followed by more', (path: string) => appendFileSync(path, 'more')],
    ['overwritten from its beginning', (path: string) => flip(path, 0)],
    [
      'replaced by a folder',
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
      'hostile',
    ],
    [
      'swapped for another pack',
      (path: string) => {
        const other = readdirSync(join(path, '..')).find(
          (name) => name.endsWith('.pack') && !path.endsWith(name),
        )!;
        writeFileSync(path, readFileSync(join(path, '..', other)), { flag: 'w' });
      },
    ],
    ['removed', (path: string) => rmSync(path)],
  ])('a pack that was %s is told', async (_, harm, code = 'damaged') => {
    using damaged = await withTwoVersions();
    const { pack } = entryOf(damaged, 'v1');
    makeWritable(pack);
    harm(pack);
    await expectBrokenVersion(damaged, { code, names: ['m@v1'], hint: /./ });
  });

  test.each([
    ['cut short', (path: string) => truncateSync(path, 500)],
    ['changed in one byte', (path: string) => flip(path, 1100)],
    ['emptied', (path: string) => truncateSync(path, 0)],
    ['removed', (path: string) => rmSync(path)],
  ])('an index that was %s is told', async (_, harm) => {
    using damaged = await withTwoVersions();
    const index = entryOf(damaged, 'v1').pack.replace(/pack$/, 'idx');
    makeWritable(index);
    harm(index);
    await expectBrokenVersion(damaged, { code: 'damaged', names: ['m@v1'], hint: /./ });
  });
});

test('a version is deleted beside damage in its own pack, and its bytes come free later', async () => {
  using damaged = await withTwoVersions();
  const { registry } = damaged;
  git(damaged.gitDir('m'), ['repack', '-adq']);
  const { pack, offset, size } = entryOf(damaged, 'v2:files/notes.txt');
  flip(pack, offset + size - 2);
  expect(await deleteVersion(registry, 'm@v1')).toEqual({ version: 'v1', freed: 0, pending: true });
  expect(await listVersions(registry, 'm')).toMatchObject([{ version: 'v2', latest: true }]);
  expect(gitText(damaged.gitDir('m'), 'tag')).toBe('v2');
});

describe('damaged loose objects', () => {
  test.each([
    ['cut short', (path: string) => truncateSync(path, 10)],
    ['emptied', (path: string) => truncateSync(path, 0)],
    ['changed in one byte', (path: string) => flip(path, Math.floor(readFileSync(path).length / 2))],
    ['removed', (path: string) => rmSync(path)],
    ['swapped for another', (path: string, other: string) => writeFileSync(path, readFileSync(other))],
  ])('one that was %s is told, whatever it is', async (_, harm) => {
    using damaged = await withTwoVersions();
    unpackAll(damaged);
    for (const revision of [
      'v1^{commit}',
      'v1:version.json',
      'v1:files/notes.txt',
      secondPart(damaged).revision,
    ]) {
      const path = loosePath(damaged, revision);
      const whole = readFileSync(path);
      const other = loosePath(damaged, 'v2:files/notes.txt');
      makeWritable(path);
      harm(path, other);
      await expectNotTakenOut(damaged, { code: 'damaged', names: ['m@v1'], hint: /./ });
      await expectReported(damaged);
      writeFileSync(path, whole);
    }
    expect(await verifyVersion(damaged.registry, 'm@v1')).toMatchObject({ ok: true });
  });
});

describe('damaged refs', () => {
  test.each<Harm>([
    ['garbage', (path: string) => writeFileSync(path, 'not an id\n')],
    ['nothing', (path: string) => writeFileSync(path, '')],
    ['zeros', (path: string) => writeFileSync(path, `${'0'.repeat(40)}\n`)],
    ['bytes that are no text', (path: string) => writeFileSync(path, Buffer.alloc(41, 0xff))],
    ['the name of another ref', (path: string) => writeFileSync(path, 'ref: refs/tags/v2\n'), 'unsupported'],
    [
      'a link',
      (path: string) => {
        rmSync(path);
        symlinkSync('v2', path);
      },
      'hostile',
    ],
  ])('one that holds %s', async (_, harm, code = 'damaged') => {
    using damaged = await withTwoVersions();
    const { registry, work } = damaged;
    harm(join(damaged.gitDir('m'), 'refs/tags/v1'));
    const told = { code, names: ['refs/tags/v1'], hint: /./ } as const;
    await expectFailure(showVersion(registry, 'm@v1'), told);
    await expectFailure(takeOut(registry, 'm@v1', join(work, 'out')), told);
    await takeOut(registry, 'm@v2', join(work, 'v2'));
    await expectOthersFine(damaged);
    const listed = (await listVersions(registry, 'm')).map(({ version, problem }) => [
      version,
      problem?.code,
    ]);
    const broken = code === 'unsupported' ? [] : [['v1', code]];
    expect(listed).toEqual([['v2', undefined], ...broken]);
    if (code !== 'unsupported') await expectNoLatest(damaged, told);
  });

  test('tags that were made with Git, and are no versions, do not keep the newest from being told', async () => {
    using damaged = await withTwoVersions();
    const { registry, work } = damaged;
    const gitDir = damaged.gitDir('m');
    gitText(gitDir, 'tag', 'light', 'v1^{commit}');
    gitText(gitDir, 'tag', '-m', 'not by Cairn', 'annotated', 'v1^{commit}');
    gitText(gitDir, 'tag', 'again', 'v1');
    const listed = await listVersions(registry, 'm');
    expect(listed.map(({ version, latest, problem }) => [version, latest, problem?.code])).toEqual([
      ['v2', true, undefined],
      ['v1', false, undefined],
      ['light', false, 'damaged'],
      ['annotated', false, 'damaged'],
      ['again', false, 'damaged'],
    ]);
    expect(await showModel(registry, 'm')).toMatchObject({ latest: 'v2' });
    await takeOut(registry, 'm', join(work, 'latest'));
  });

  test('one that names an object that is not there', async () => {
    using damaged = await withTwoVersions();
    writeFileSync(join(damaged.gitDir('m'), 'refs/tags/v1'), `${'1'.repeat(40)}\n`);
    await expectBrokenVersion(damaged, { code: 'damaged', names: ['m@v1', '1'.repeat(40)], hint: /./ });
  });

  test('packed refs that are not what Git writes', async () => {
    using damaged = await withTwoVersions();
    git(damaged.gitDir('m'), ['pack-refs', '--all']);
    writeFileSync(join(damaged.gitDir('m'), 'packed-refs'), 'garbage\n');
    const told = { code: 'damaged', names: ['packed-refs'], hint: /./ } as const;
    await expectFailure(showVersion(damaged.registry, 'm@v1'), told);
    await expectFailure(listVersions(damaged.registry, 'm'), told);
    await expectOthersFine(damaged);
  });

  test('a branch main that is not there, is garbage, or leads elsewhere', async () => {
    using damaged = await withTwoVersions();
    const { registry, work } = damaged;
    const main = join(damaged.gitDir('m'), 'refs/heads/main');
    const id = readFileSync(main, 'utf8');
    const harms = [
      () => rmSync(main),
      () => writeFileSync(main, ''),
      () => writeFileSync(main, `${'1'.repeat(40)}\n`),
      () => writeFileSync(main, `${gitText(damaged.gitDir('m'), 'rev-parse', 'v1')}\n`),
    ];
    for (const [index, harm] of harms.entries()) {
      harm();
      const told = { code: 'damaged', names: [/\bm\b/], hint: /./ } as const;
      await expectFailure(showModel(registry, 'm'), told);
      await expectFailure(listVersions(registry, 'm'), told);
      await expectRefusal(damaged, () => editModel(registry, 'm', { description: 'x' }), told);
      await expectRefusal(damaged, () => renameModel(registry, 'm', 'n'), told);
      await expectRefusal(damaged, () => add(damaged, 'v3'), told);
      await takeOut(registry, 'm@v1', join(work, `out${index}`));
      await expectOthersFine(damaged);
      writeFileSync(main, id);
    }
    expect(await showModel(registry, 'm')).toMatchObject({ latest: 'v2' });
  });
});

describe('a damaged model.json', () => {
  test.each([
    ['nothing', '', 'damaged'],
    ['no JSON', '{"schema": "cairn.model/1",', 'damaged'],
    ['another document', '{"schema":"cairn.version/1"}', 'damaged'],
    ['no labels', '{"schema":"cairn.model/1","name":"m","description":"","aliases":{}}', 'damaged'],
    ['a newer format', '{"schema":"cairn.model/2"}', 'unsupported'],
  ] as const)('one that holds %s', async (_, text, code) => {
    using damaged = await withTwoVersions();
    const { registry, work } = damaged;
    const forged = new ForgedRepository(damaged.gitDir('m'));
    forged.main([{ name: 'model.json', id: forged.blob(text) }]);
    const told = {
      code,
      names: ['model.json of m'],
      hint: code === 'damaged' ? /another clone/ : /update cairn/,
    } as const;
    await expectFailure(showModel(registry, 'm'), told);
    await expectFailure(listVersions(registry, 'm'), told);
    await expectRefusal(damaged, () => editModel(registry, 'm', { description: 'x' }), told);
    expect(await verifyVersion(registry, 'm@v1')).toMatchObject({ ok: true });
    await takeOut(registry, 'm@v1', join(work, 'out'));
    await expectOthersFine(damaged);
  });

  test('a model.json that is not there', async () => {
    using damaged = await withTwoVersions();
    new ForgedRepository(damaged.gitDir('m')).main([{ name: 'model.json', id: '' }]);
    await expectFailure(showModel(damaged.registry, 'm'), {
      code: 'damaged',
      names: ['model m', 'model.json'],
      hint: /fetch/,
    });
    await expectOthersFine(damaged);
  });
});

describe('a damaged repository', () => {
  test.each([
    ['no HEAD', (gitDir: string) => rmSync(join(gitDir, 'HEAD')), 'unsupported'],
    ['no objects', (gitDir: string) => rmSync(join(gitDir, 'objects'), { recursive: true }), 'unsupported'],
    [
      'settings that are garbage',
      (gitDir: string) => writeFileSync(join(gitDir, 'config'), '[[['),
      'damaged',
    ],
    [
      'a newer format of Git',
      (gitDir: string) => git(gitDir, ['config', 'core.repositoryformatversion', '2']),
      'unsupported',
    ],
    [
      'another hash',
      (gitDir: string) =>
        appendFileSync(
          join(gitDir, 'config'),
          '[core]\nrepositoryformatversion=1\n[extensions]\nobjectformat=sha256\n',
        ),
      'unsupported',
    ],
  ] as const)('one with %s is told, and the others go on', async (_, harm, code) => {
    using damaged = await withTwoVersions();
    const { registry } = damaged;
    harm(damaged.gitDir('m'));
    const told = { code, names: [join('models', 'm.git')], hint: /./ };
    for (const operation of [showModel, listVersions, verifyModel])
      await expectFailure(operation(registry, 'm'), told);
    expect(await verifyRegistry(registry)).toMatchObject([
      { model: 'm', version: null, ok: false, problems: [{ code }] },
      { model: 'other', version: 'v1', ok: true },
    ]);
    expect(await examineRegistry(registry)).toContainEqual(
      expect.objectContaining({ level: 'problem', subject: 'm' }),
    );
    await expectOthersFine(damaged);
  });

  test('a file where a model should be is passed over, and told by the examination', async () => {
    using damaged = await withTwoVersions();
    const { registry } = damaged;
    writeFileSync(join(registry.path, 'models/file.git'), '');
    writeFileSync(join(registry.path, 'models/stray'), '');
    const listed = await listModels(registry);
    expect(listed.map(({ name, problem }) => [name, problem?.code])).toEqual([
      ['file', 'unsupported'],
      ['m', undefined],
      ['other', undefined],
    ]);
    const subjects = (await examineRegistry(registry)).map(({ subject }) => subject);
    expect(subjects).toEqual(expect.arrayContaining(['file', join('models', 'stray')]));
  });
});

describe('a damaged registry.json', () => {
  test.each([
    ['nothing', '', 'damaged', /another clone|backup/],
    ['no JSON', 'name: models', 'damaged', /another clone|backup/],
    ['another document', '{"name":"package"}', 'damaged', /another clone|backup/],
    [
      'no name',
      '{"schema":"cairn.registry/1","name":"","description":""}',
      'damaged',
      /another clone|backup/,
    ],
    ['a newer format', '{"schema":"cairn.registry/2"}', 'unsupported', /update cairn/],
  ] as const)('one that holds %s', async (_, text, code, hint) => {
    using damaged = await registryFixture();
    const { registry } = damaged;
    const path = join(registry.path, 'registry.json');
    writeFileSync(path, text);
    const open = () => openRegistry(registry.path, environment());
    await expectRefusal(damaged, open, { code, names: [path], hint });
    expect(await findRegistry(join(registry.path, 'models'))).toBe(registry.path);
  });

  test('one that is a folder, or is not there, makes no registry', async () => {
    using damaged = await registryFixture();
    const { path } = damaged.registry;
    const missing = { code: 'not-found', names: [path], hint: /cairn init/ } as const;
    rmSync(join(path, 'registry.json'));
    await expectFailure(openRegistry(path, environment()), missing);
    mkdirSync(join(path, 'registry.json'));
    await expectFailure(openRegistry(path, environment()), missing);
    expect(await findRegistry(join(path, 'models'))).toBeNull();
  });
});

/** A copy of {@link healthy}, to be damaged. */
function withTwoVersions(): Promise<RegistryFixture> {
  return copyOf(healthy);
}

/** The model `m` with two versions that share nothing, and another model that nothing is done to. */
async function healthyRegistry(): Promise<RegistryFixture> {
  const fixture = await registryFixture();
  const { registry } = fixture;
  fixture.write({
    'v1/weights.bin': WEIGHTS,
    'v1/notes.txt': 'first',
    'v2/notes.txt': 'second',
    'v3/a.txt': 'third',
  });
  await createModel(registry, 'm');
  await createModel(registry, 'other');
  await add(fixture, 'v1');
  await add(fixture, 'v2');
  await createVersion(
    registry,
    { model: 'other', version: 'v1' },
    { sources: [{ path: join(fixture.work, 'v2') }] },
  );
  return fixture;
}

function add({ registry, work }: RegistryFixture, version: string) {
  return createVersion(registry, { model: 'm', version }, { sources: [{ path: join(work, version) }] });
}

/** Nothing of v1 can be had, and it is listed with the reason; all else is as it was. */
async function expectBrokenVersion(damaged: RegistryFixture, expected: ExpectedFailure): Promise<void> {
  const { registry } = damaged;
  await expectFailure(showVersion(registry, 'm@v1'), expected);
  await expectNotTakenOut(damaged, expected);
  expect(await verifyModel(registry, 'm')).toMatchObject([
    { version: 'v2', ok: true },
    { version: 'v1', ok: false, problems: [{ code: expected.code }] },
  ]);
  const listed = await listVersions(registry, 'm');
  expect(listed).toMatchObject([
    { version: 'v2', latest: false },
    { version: 'v1', problem: { code: expected.code } },
  ]);
  await takeOut(registry, 'm@v2', join(damaged.work, 'v2-out'));
  await expectNoLatest(damaged, expected);
}

/** Of a version whose tag cannot be read nobody knows whether it is the newest: no other one passes for it. */
async function expectNoLatest({ registry, work }: RegistryFixture, { code, names }: ExpectedFailure) {
  const told = { code, names: ['newest version of m', ...names], hint: /name the version.*cairn ls m/ };
  for (const reference of ['m', 'm@latest']) {
    await expectFailure(takeOut(registry, reference, join(work, 'latest')), told);
    await expectFailure(showVersion(registry, reference), told);
  }
  expect(existsSync(join(work, 'latest'))).toBe(false);
  expect(await showModel(registry, 'm')).toMatchObject({ latest: null, versions: 2 });
  expect((await listModels(registry)).find(({ name }) => name === 'm')).toMatchObject({ latest: null });
  expect(await showVersion(registry, 'm@v2')).toMatchObject({ latest: false });
}

async function expectNotTakenOut(damaged: RegistryFixture, expected: ExpectedFailure): Promise<void> {
  const { registry, work } = damaged;
  const before = filesBelow(work);
  for (const place of ['out', 'not/there/out']) {
    await expectRefusal(damaged, () => takeOut(registry, 'm@v1', join(work, place)), expected);
  }
  expect([existsSync(join(work, 'out')), existsSync(join(work, 'not'))]).toEqual([false, false]);
  expect(filesBelow(work)).toEqual(before);
  await expectOthersFine(damaged);
}

async function expectReported({ registry }: RegistryFixture): Promise<void> {
  const { ok, problems } = await verifyVersion(registry, 'm@v1');
  expect(ok).toBe(false);
  expect(problems[0]).toMatchObject({ code: 'damaged' });
}

async function expectOthersFine({ registry }: RegistryFixture): Promise<void> {
  const other = (await listModels(registry)).find(({ name }) => name === 'other');
  expect(other).toMatchObject({ latest: 'v1', versions: 1 });
  expect(await verifyVersion(registry, 'other@v1')).toMatchObject({ ok: true });
}

/** Where Git says that an object stands. */
function entryOf(
  { gitDir }: RegistryFixture,
  revision: string,
): { pack: string; offset: number; size: number } {
  const id = gitText(gitDir('m'), 'rev-parse', '--verify', revision);
  const folder = join(gitDir('m'), 'objects/pack');
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.idx'))) {
    const line = gitText(gitDir('m'), 'verify-pack', '-v', join(folder, name))
      .split('\n')
      .find((each) => each.startsWith(id));
    const [, , , size, offset] = line?.split(/\s+/) ?? [];
    if (size && offset)
      return { pack: join(folder, name.replace(/idx$/, 'pack')), offset: Number(offset), size: Number(size) };
  }
  throw new Error(`${revision} is in no pack`);
}

/** The second part of the weights, by what Git calls it. */
function secondPart({ gitDir }: RegistryFixture): { revision: string; start: number } {
  const folder = 'v1:files/weights.bin.parts';
  const name = gitText(gitDir('m'), 'ls-tree', '--name-only', folder).split('\n')[1]!;
  return { revision: `${folder}/${name}`, start: Number.parseInt(name, 16) };
}

function unpackAll({ gitDir }: RegistryFixture): void {
  const folder = join(gitDir('m'), 'objects/pack');
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.pack'))) {
    const aside = join(gitDir('m'), name);
    renameSync(join(folder, name), aside);
    rmSync(join(folder, name.replace(/pack$/, 'idx')));
    git(gitDir('m'), ['unpack-objects', '-q'], readFileSync(aside));
    rmSync(aside);
  }
}

function loosePath({ gitDir }: RegistryFixture, revision: string): string {
  const id = gitText(gitDir('m'), 'rev-parse', '--verify', revision);
  return join(gitDir('m'), 'objects', id.slice(0, 2), id.slice(2));
}

function flip(path: string, offset: number): void {
  makeWritable(path);
  const bytes = readFileSync(path);
  bytes[offset]! ^= 0x10;
  writeFileSync(path, bytes);
}

/** As a file of its own: what Git wrote is read-only, and may be a hard link. */
function makeWritable(path: string): void {
  const bytes = readFileSync(path);
  rmSync(path);
  writeFileSync(path, bytes);
}
