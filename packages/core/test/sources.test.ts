import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { getuid, platform } from 'node:process';
import { pseudoRandomBytes } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import {
  type CairnError,
  type CreatedVersion,
  type CreateVersionOptions,
  createModel,
  createVersion,
  listVersions,
  type Source,
  takeOut,
} from '../src/index.ts';
import { inAnotherProcess, type Outcome } from './another-process.ts';
import { expectRefusal, filesBelow, type RegistryFixture, registryFixture } from './registry-fixture.ts';

const MIB = 1024 * 1024;
const isRoot = getuid?.() === 0;
/** A user and group who own nothing. */
const NOBODY = 65534;
const onWindows = platform === 'win32';

describe('what can be a source', () => {
  test('a folder gives its contents, a file its own name, and a place inside can be named', async () => {
    using fixture = await withModel();
    const folder = fixture.write({ 'folder/a.txt': 'a', 'folder/b/c.txt': 'c', 'folder/b/.hidden': '' });
    const file = fixture.write({ 'one.txt': 'one' });
    const { version } = await add(fixture, [
      { path: folder },
      { path: file },
      { path: folder, into: 'x/y/' },
    ]);
    const paths = version.files.map(({ path }) => path);
    expect(paths).toEqual([
      'a.txt',
      'b/.hidden',
      'b/c.txt',
      'one.txt',
      'x/y/a.txt',
      'x/y/b/.hidden',
      'x/y/b/c.txt',
    ]);
    expect(version.sources).toEqual([
      { kind: 'folder', path: folder, files: 3, bytes: 2 },
      { kind: 'file', path: file, files: 1, bytes: 3 },
      { kind: 'folder', path: folder, into: 'x/y/', files: 3, bytes: 2 },
    ]);
  });

  test('unusual names, empty files, executables and large files come out as they went in', async () => {
    using fixture = await withModel();
    const source = fixture.write({
      's/weights.bin': pseudoRandomBytes('weights', 3 * MIB),
      's/weights.bin.parts': 'not a folder of parts',
      's/empty': '',
      's/ünï/名前 .txt': 'ü',
      's/.gitattributes': '* text=auto\r\n',
      's/.gitignore': '*\n',
      's/con.1/-rf': 'x',
      's/\'; rm $(x) "': 'x',
    });
    writeFileSync(join(source, 'run.sh'), '#!/bin/sh\r\n', { mode: 0o755 });
    await add(fixture, [{ path: source }]).catch((error) => expect(error.message).toContain('device'));
    renameSync(join(source, 'con.1'), join(source, 'con1'));
    await add(fixture, [{ path: source }]);
    await takeOut(fixture.registry, 'm@v1', join(fixture.work, 'out'));
    expect(filesBelow(join(fixture.work, 'out'))).toEqual(filesBelow(source));
  });

  test('folders that Git keeps for itself are left out and told', async () => {
    using fixture = await withModel();
    const source = fixture.write({
      's/a.txt': 'a',
      's/.git/config': 'secret',
      's/sub/.git/config': 'secret',
    });
    const { version, skipped } = await add(fixture, [{ path: source }]);
    expect(version.files.map(({ path }) => path)).toEqual(['a.txt']);
    expect([...skipped].sort()).toEqual([join(source, '.git'), join(source, 'sub/.git')]);
  });
});

describe('what cannot be a source', () => {
  test('a path where nothing is', async () => {
    using fixture = await withModel();
    const path = join(fixture.work, 'nowhere');
    await refuses(fixture, [{ path }], { code: 'not-found', names: [path], hint: /check the path/ });
  });

  test('an empty folder, one with empty folders alone, and no source at all', async () => {
    using fixture = await withModel();
    const empty = join(fixture.work, 'empty');
    mkdirSync(join(empty, 'sub'), { recursive: true });
    await refuses(fixture, [{ path: empty }], {
      code: 'invalid',
      names: ['nothing', empty],
      hint: /with files/,
    });
    await refuses(fixture, [], { code: 'invalid', names: ['no source'], hint: /name a folder/ });
  });

  test.skipIf(onWindows)('a device, a pipe and a socket', async () => {
    using fixture = await withModel();
    const source = fixture.write({ 's/a.txt': 'a' });
    const special = join(source, 'special');
    const refused = (kind: string) =>
      ({ code: 'invalid', names: [special, kind], hint: /leave it out/ }) as const;
    await refuses(fixture, [{ path: '/dev/null' }], { code: 'invalid', names: ['/dev/null', 'a device'] });

    expect(spawnSync('mkfifo', [special]).status).toBe(0);
    await refuses(fixture, [{ path: source }], refused('a pipe'));
    await refuses(fixture, [{ path: special }], refused('a pipe'));
    rmSync(special);

    const server = createServer();
    await new Promise<void>((resolve) => server.listen(special, resolve));
    await refuses(fixture, [{ path: source }], refused('a socket'));
    await new Promise((resolve) => server.close(resolve));
  });

  test.runIf(platform === 'linux')('a name that is not UTF-8, of a file or of a folder', async () => {
    using fixture = await withModel();
    const source = fixture.write({ 's/a.txt': 'a' });
    const name = Buffer.concat([Buffer.from(`${source}/caf`), Buffer.from([0xe9])]);
    const refused = { code: 'invalid', names: [source, 'UTF-8', '"café"'], hint: /rename/ } as const;
    writeFileSync(name, 'a');
    await refuses(fixture, [{ path: source }], refused);
    rmSync(name);
    mkdirSync(name);
    await refuses(fixture, [{ path: source }], refused);
  });

  test.skipIf(onWindows).each([
    ['a\nb', 'control character'],
    ['\u001b[2J', 'control character'],
    ['a\u009bb', 'control character'],
    ['back\\slash', 'backslash'],
    ['.GIT', 'Git keeps'],
    ['git~1', 'Git keeps'],
    ['.g\u200bit'.replace('\u200b', '\u200c'), 'Git keeps'],
    ['...', 'dots and blanks'],
    ['NUL.txt', 'device'],
    ['c:', 'drive letter'],
  ])('a name that could not be taken out everywhere: %j', async (name, problem) => {
    using fixture = await withModel();
    const source = fixture.write({ 's/sub/a.txt': 'a' });
    const refused = {
      code: 'invalid',
      names: [JSON.stringify(`sub/${name}`), problem],
      hint: /rename/,
    } as const;
    writeFileSync(join(source, 'sub', name), 'x');
    await refuses(fixture, [{ path: source }], refused);
  });

  test('two files at one place, also when only case or the form of a letter differs', async () => {
    using fixture = await withModel();
    const [one, two] = [join(fixture.work, 'one'), join(fixture.work, 'two')];
    for (const [first, second] of [
      ['a.txt', 'a.txt'],
      ['a.txt', 'A.TXT'],
      ['d/é.txt', 'D/e\u0301.txt'],
    ] as const) {
      fixture.write({ [`one/${first}`]: '1', [`two/${second}`]: '2' });
      const names = [join(one, first), join(two, second)];
      await refuses(fixture, [{ path: one }, { path: two }], { code: 'invalid', names, hint: /--into/ });
      rmSync(one, { recursive: true });
      rmSync(two, { recursive: true });
    }
  });

  test('a file where another source needs a folder', async () => {
    using fixture = await withModel();
    const file = fixture.write({ 'one/data': 'a file' });
    const folder = fixture.write({ 'two/Data/x/y.txt': 'below a folder' });
    const clash = {
      code: 'invalid',
      names: [join(file, 'data'), join(folder, 'Data/x/y.txt')],
      hint: /--into/,
    } as const;
    await refuses(fixture, [{ path: file }, { path: folder }], clash);
    await refuses(fixture, [{ path: folder }, { path: file }], clash);
  });

  test.skipIf(onWindows)('a file and a folder that may not be read', async () => {
    using fixture = await withModel();
    const source = fixture.write({ 's/a.txt': 'a', 's/secret/b.txt': 'b', 's/z.txt': 'z' });
    const denied = (name: string) => ({
      code: 'denied',
      message: expect.stringContaining(name),
      hint: expect.stringContaining('who may'),
    });
    chmodSync(join(source, 'a.txt'), 0o000);
    expect(await addAsNobody(fixture, source)).toMatchObject(denied('a.txt'));
    chmodSync(join(source, 'a.txt'), 0o644);
    chmodSync(join(source, 'secret'), isRoot ? 0o700 : 0o000);
    expect(await addAsNobody(fixture, source)).toMatchObject(denied('secret'));
    chmodSync(join(source, 'secret'), 0o755);
    expect(await listVersions(fixture.registry, 'm')).toEqual([]);
  });
});

describe('links in a source', () => {
  test('one to a file or folder inside is stored as what it leads to', async () => {
    using fixture = await withModel();
    const source = fixture.write({ 's/real/a.txt': 'a', 's/b.txt': 'b' });
    symlinkSync('real', join(source, 'linked'));
    symlinkSync('../b.txt', join(source, 'real/c.txt'));
    await add(fixture, [{ path: source }]);
    const out = join(fixture.work, 'out');
    await takeOut(fixture.registry, 'm@v1', out);
    expect(Object.keys(filesBelow(out))).toEqual([
      'b.txt',
      'linked/a.txt',
      'linked/c.txt',
      'real/a.txt',
      'real/c.txt',
    ]);
    expect(readFileSync(join(out, 'linked/c.txt'), 'utf8')).toBe('b');
  });

  test('a source that is itself a link is followed, and keeps the name it was given by', async () => {
    using fixture = await withModel();
    const source = fixture.write({ 's/a.txt': 'a' });
    symlinkSync(join(source, 'a.txt'), join(fixture.work, 'named.txt'));
    symlinkSync(source, join(fixture.work, 'folder'));
    const paths = ['named.txt', 'folder'].map((name) => ({ path: join(fixture.work, name) }));
    const { version } = await add(fixture, paths);
    expect(version.files.map(({ path }) => path)).toEqual(['a.txt', 'named.txt']);
  });

  test('one that leads out of the source is refused, by whatever way it does', async () => {
    using fixture = await withModel();
    const secret = fixture.write({ 'secret.txt': 'secret' });
    const source = fixture.write({ 's/a.txt': 'a', 's-beside/x.txt': 'x' });
    const link = join(source, 'link');
    for (const target of ['../secret.txt', secret, '..', '/', '../s-beside', join(source, '../secret.txt')]) {
      symlinkSync(target, link);
      await refuses(fixture, [{ path: source }], {
        code: 'invalid',
        names: [link, source],
        hint: /copy the file/,
      });
      rmSync(link);
    }
    symlinkSync('secret.txt', join(fixture.work, 'stepping-stone'));
    symlinkSync('../stepping-stone', link);
    await refuses(fixture, [{ path: source }], {
      code: 'invalid',
      names: [link, source],
      hint: /copy the file/,
    });
  });

  test('one that leads nowhere, or to itself, is refused', async () => {
    using fixture = await withModel();
    const source = fixture.write({ 's/a.txt': 'a' });
    const link = join(source, 'link');
    symlinkSync('gone', link);
    await refuses(fixture, [{ path: source }], {
      code: 'not-found',
      names: [link, 'nothing'],
      hint: /remove it/,
    });
    rmSync(link);
    symlinkSync('link', link);
    for (const path of [source, link]) {
      await refuses(fixture, [{ path }], { code: 'invalid', names: [link, 'itself'], hint: /remove it/ });
    }
  });

  test('one that leads back to a folder above it is refused', async () => {
    using fixture = await withModel();
    const source = fixture.write({ 's/a/b/c.txt': 'c' });
    for (const target of ['..', '../..', '../../a']) {
      const link = join(source, 'a/b/link');
      symlinkSync(target, link);
      await refuses(fixture, [{ path: source }], {
        code: 'invalid',
        names: [link, 'above'],
        hint: /remove the link/,
      });
      rmSync(link);
    }
  });
});

describe('a source that changes while it is read', () => {
  const OLD = new Date('2020-01-01');

  test.each([
    ['is appended to', (path: string) => appendFileSync(path, 'more')],
    ['is cut short', (path: string) => truncateSync(path, 9 * MIB)],
    ['is emptied', (path: string) => truncateSync(path, 0)],
    ['is written over in place', (path: string) => writeFileSync(path, 'other', { flag: 'r+' })],
    [
      'is written over, and its time set back',
      (path: string) => {
        writeFileSync(path, 'other', { flag: 'r+' });
        utimesSync(path, OLD, OLD);
      },
    ],
  ])('a file that %s is noticed and refused', async (_, change) => {
    using fixture = await withModel();
    const path = fixture.write({ 'big.bin': pseudoRandomBytes('big', 10 * MIB) });
    utimesSync(path, OLD, OLD);
    const once = onFirstProgress(() => change(path));
    const changed = { code: 'changed', names: ['big.bin'], hint: /nothing writes to it/ } as const;
    await refuses(fixture, [{ path }], changed, once.options);
    expect(once.calls()).toBe(1);
  });

  test.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link', (path: string) => symlinkSync('/etc/passwd', path)],
    ['a pipe', (path: string) => void spawnSync('mkfifo', [path])],
  ])('a file that was swapped for %s after it was found is refused', async (_, swap) => {
    using fixture = await withModel();
    const source = fixture.write({ 's/a.bin': pseudoRandomBytes('big', 10 * MIB), 's/b.txt': 'b' });
    const once = onFirstProgress(() => {
      rmSync(join(source, 'b.txt'));
      swap(join(source, 'b.txt'));
    });
    await refuses(
      fixture,
      [{ path: source }],
      { code: 'changed', names: ['b.txt'], hint: /try again/ },
      once.options,
    );
  });

  test('a file that was removed after it was found is named', async () => {
    using fixture = await withModel();
    const source = fixture.write({ 's/a.bin': pseudoRandomBytes('big', 10 * MIB), 's/b.txt': 'b' });
    const once = onFirstProgress(() => rmSync(join(source, 'b.txt')));
    await refuses(fixture, [{ path: source }], { code: 'not-found', names: ['b.txt'] }, once.options);
  });

  test('a file that is large enough for threads is watched as well', async () => {
    using fixture = await withModel();
    const path = fixture.write({ 'sparse.bin': '' });
    truncateSync(path, 100 * MIB);
    const once = onFirstProgress(() => appendFileSync(path, 'more'));
    const changed = { code: 'changed', names: ['sparse.bin'], hint: /nothing writes to it/ } as const;
    await refuses(fixture, [{ path }], changed, once.options);
    expect(once.calls()).toBe(1);
  });
});

async function withModel(): Promise<RegistryFixture> {
  const fixture = await registryFixture();
  await createModel(fixture.registry, 'm');
  return fixture;
}

function add(
  { registry }: RegistryFixture,
  sources: readonly Source[],
  options: Partial<CreateVersionOptions> = {},
): Promise<CreatedVersion> {
  return createVersion(registry, { model: 'm', version: 'v1' }, { ...options, sources });
}

/** Adding must fail, leave no trace, and go through once the cause is away. */
async function refuses(
  fixture: RegistryFixture,
  sources: readonly Source[],
  expected: Parameters<typeof expectRefusal>[2],
  options: Partial<CreateVersionOptions> = {},
): Promise<void> {
  await expectRefusal(fixture, () => add(fixture, sources, options), expected);
}

/** Does something once, while the files are being read. */
function onFirstProgress(action: () => void) {
  let calls = 0;
  const onProgress = () => {
    if (calls === 0) action();
    calls = 1;
  };
  return { options: { onProgress }, calls: () => calls };
}

/** Adds as a user who may read nothing that is not everyone's. */
async function addAsNobody(fixture: RegistryFixture, source: string): Promise<Outcome> {
  if (!isRoot)
    return add(fixture, [{ path: source }]).then(
      () => ({}),
      (error: CairnError) => ({ ...error, message: error.message }),
    );
  chmodSync(join(fixture.work, '..'), 0o755);
  spawnSync('chown', ['-R', String(NOBODY), fixture.registry.path]);
  const sources = JSON.stringify([{ path: source }]);
  return inAnotherProcess(
    fixture,
    `createVersion(registry, { model: 'm', version: 'v1' }, { sources: ${sources} })`,
    {
      uid: NOBODY,
    },
  );
}
