import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { platform } from 'node:process';
import { pseudoRandomBytes } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModel, createVersion, type TakenOut, type TakeOutOptions, takeOut } from '../src/index.ts';
import {
  type ExpectedFailure,
  expectFailure,
  filesBelow,
  type RegistryFixture,
  registryFixture,
  writeFiles,
} from './registry-fixture.ts';

const MIB = 1024 * 1024;
const onWindows = platform === 'win32';

let fixture: RegistryFixture;
let source: string;
let out: string;
let next = 0;

beforeAll(async () => {
  fixture = await registryFixture();
  source = fixture.write({
    'source/config.json': '{}\n',
    'source/weights.bin': pseudoRandomBytes('weights', 3 * MIB),
    'source/data/a.txt': 'a',
    'source/data/deep/b.txt': 'b',
    'source/data/deep/c.json': '[]',
    'source/.hidden': 'h',
    'source/bin/run.sh': '#!/bin/sh\n',
  });
  chmodSync(join(source, 'bin/run.sh'), 0o755);
  await createModel(fixture.registry, 'm');
  await createVersion(fixture.registry, { model: 'm', version: 'v1' }, { sources: [{ path: source }] });
});

afterAll(() => fixture[Symbol.dispose]());

/** A path of its own for every test, where nothing is yet. */
function fresh(): string {
  next += 1;
  out = join(fixture.work, `out${next}`, 'version');
  mkdirSync(join(out, '..'));
  return out;
}

describe('a destination where nothing is', () => {
  test('gets the whole version, executables included, and nothing beside it', async () => {
    const taken = await get(fresh());
    expect(taken).toEqual({ destination: out, files: 7, bytes: 3 * MIB + 18, unchanged: 0 });
    expect(filesBelow(out)).toEqual(filesBelow(source));
    if (!onWindows) expect(executables()).toEqual(['bin/run.sh']);
    expect(readdirSync(join(out, '..'))).toEqual(['version']);
  });

  test('an empty folder, and folders that are missing above it, are as good', async () => {
    mkdirSync(fresh());
    await get(out);
    expect(filesBelow(out)).toEqual(filesBelow(source));
    const deep = join(fresh(), 'x/y/z');
    await get(deep);
    expect(filesBelow(deep)).toEqual(filesBelow(source));
  });

  test('a file, or a link to wherever, is no folder', async () => {
    const refused = (problem: string) =>
      ({ code: 'refused', names: [out, problem], hint: /another place/ }) as const;
    writeFileSync(fresh(), 'precious');
    await refuses(refused('not a folder'), { force: true });
    for (const target of [fixture.work, 'nowhere']) {
      symlinkSync(target, fresh());
      await refuses(refused('not a folder'), { force: true });
      expect(readlinkSync(out)).toBe(target);
    }
    expect(existsSync(join(fixture.work, 'config.json'))).toBe(false);
  });
});

describe('a destination where the version is already', () => {
  test('is not touched at all', async () => {
    await get(fresh());
    const before = timesOf();
    expect(await get(out)).toMatchObject({ files: 0, bytes: 0, unchanged: 7 });
    expect(timesOf()).toEqual(before);
  });

  test('gets what is missing, and keeps the rest', async () => {
    await get(fresh());
    rmSync(join(out, 'data/deep'), { recursive: true });
    const before = timesOf();
    expect(await get(out)).toMatchObject({ files: 2, bytes: 3, unchanged: 5 });
    expect(filesBelow(out)).toEqual(filesBelow(source));
    expect(timesOf()).toMatchObject(before);
  });

  test('a file that differs is not replaced, whether in size or in content', async () => {
    for (const content of ['{}\r\n', '{ }', '']) {
      await get(fresh());
      writeFileSync(join(out, 'config.json'), content);
      rmSync(join(out, 'data/a.txt'));
      const names = [join(out, 'config.json'), 'differs'];
      await refuses({ code: 'refused', names, hint: /--force/ });
    }
  });

  test('force replaces the files of the version that differ, and nothing else', async () => {
    await get(fresh());
    writeFiles(out, { 'config.json': 'mine', 'mine.txt': 'mine', 'data/mine/too.txt': 'mine' });
    const { 'config.json': _, ...before } = timesOf();
    expect(await get(out, { force: true })).toMatchObject({ files: 1, bytes: 3, unchanged: 6 });
    expect(filesBelow(out)).toMatchObject(filesBelow(source));
    expect(readFileSync(join(out, 'mine.txt'), 'utf8')).toBe('mine');
    expect(timesOf()).toMatchObject(before);
    expect(Object.keys(filesBelow(out)).length).toBe(9);
  });

  test.skipIf(onWindows)(
    'an executable that is none any more is put right with force, and the other way round',
    async () => {
      await get(fresh());
      chmodSync(join(out, 'bin/run.sh'), 0o644);
      chmodSync(join(out, 'config.json'), 0o755);
      await refuses({ code: 'refused', names: ['differs'], hint: /--force/ });
      expect(await get(out, { force: true })).toMatchObject({ files: 2, unchanged: 5 });
      expect(executables()).toEqual(['bin/run.sh']);
    },
  );

  test('what a process that was killed left aside does not stand in the way', async () => {
    await get(fresh());
    writeFiles(out, { '.cairn-0123456789ab.tmp/config.json': '{' });
    rmSync(join(out, 'config.json'));
    expect(await get(out)).toMatchObject({ files: 1 });
    expect(readFileSync(join(out, 'config.json'), 'utf8')).toBe('{}\n');
  });
});

describe('a destination with something else in it', () => {
  test('is refused, whatever it is, and left as it is', async () => {
    const foreign = (name: string) => ({ code: 'refused', names: [out, name], hint: /--force/ }) as const;
    writeFiles(fresh(), { 'mine.txt': 'mine' });
    await refuses(foreign('mine.txt'));
    writeFiles(fresh(), { 'data/deep/mine.txt': 'mine' });
    await refuses(foreign('mine.txt'));
    mkdirSync(fresh());
    symlinkSync(fixture.work, join(out, 'link'));
    await refuses(foreign('link'));
  });

  test('empty folders are nothing', async () => {
    mkdirSync(join(fresh(), 'empty/too'), { recursive: true });
    expect(await get(out)).toMatchObject({ files: 7 });
  });

  test('a link in the place of a file is not followed: it is replaced, and what it led to stays', async () => {
    const precious = join(fixture.work, 'precious.json');
    writeFileSync(precious, '{}\n');
    mkdirSync(fresh());
    symlinkSync(precious, join(out, 'config.json'));
    await refuses({ code: 'refused', names: [join(out, 'config.json')], hint: /--force/ });
    await get(out, { force: true });
    expect(lstatSync(join(out, 'config.json')).isFile()).toBe(true);
    writeFileSync(join(out, 'config.json'), 'changed');
    expect(readFileSync(precious, 'utf8')).toBe('{}\n');
  });

  test('a link in the place of a folder is not followed, not even with force', async () => {
    const outside = join(fixture.work, 'outside');
    mkdirSync(outside, { recursive: true });
    for (const place of ['data', 'data/deep']) {
      mkdirSync(join(fresh(), place, '..'), { recursive: true });
      symlinkSync(outside, join(out, place));
      await refuses(
        { code: 'refused', names: [join(out, place), 'folder belongs'], hint: /move it away/ },
        { force: true },
      );
      expect(readdirSync(outside)).toEqual([]);
    }
  });

  test('a file in the place of a folder, and a folder in the place of a file, stay', async () => {
    writeFiles(fresh(), { data: 'a file' });
    await refuses(
      { code: 'refused', names: [join(out, 'data'), 'folder belongs'], hint: /move it away/ },
      { force: true },
    );
    writeFiles(fresh(), { 'config.json/mine.txt': 'mine' });
    const names = [join(out, 'config.json'), 'a folder stands'];
    await refuses({ code: 'refused', names, hint: /move it away/ }, { force: true });
  });

  test.skipIf(onWindows)('a pipe in the place of a file is neither read nor replaced', async () => {
    mkdirSync(fresh());
    spawnSync('mkfifo', [join(out, 'config.json')]);
    const names = [join(out, 'config.json'), 'pipe'];
    await expectFailure(get(out, { force: true }), { code: 'refused', names, hint: /move it away/ });
    expect(lstatSync(join(out, 'config.json')).isFIFO()).toBe(true);
  });
});

describe('only some of the files', () => {
  test.each([
    [['config.json'], ['config.json']],
    [['data/deep/b.txt'], ['data/deep/b.txt']],
    [['data'], ['data/a.txt', 'data/deep/b.txt', 'data/deep/c.json']],
    [['data/'], ['data/a.txt', 'data/deep/b.txt', 'data/deep/c.json']],
    [['*.json'], ['config.json', 'data/deep/c.json']],
    [['data/*'], ['data/a.txt']],
    [['data/**'], ['data/a.txt', 'data/deep/b.txt', 'data/deep/c.json']],
    [['**/*.txt'], ['data/a.txt', 'data/deep/b.txt']],
    [['*.{txt,sh}'], ['bin/run.sh', 'data/a.txt', 'data/deep/b.txt']],
    [['.h*'], ['.hidden']],
    [
      ['config.json', 'bin', '*.json'],
      ['bin/run.sh', 'config.json', 'data/deep/c.json'],
    ],
    [
      [],
      [
        '.hidden',
        'bin/run.sh',
        'config.json',
        'data/a.txt',
        'data/deep/b.txt',
        'data/deep/c.json',
        'weights.bin',
      ],
    ],
  ])('%j chooses %j', async (only, files) => {
    expect(await get(fresh(), { only })).toMatchObject({ files: files.length });
    expect(Object.keys(filesBelow(out))).toEqual(files);
  });

  test.each([
    'none.txt',
    'CONFIG.JSON',
    'dat',
    '*.bin/x',
    '',
    '/',
    '../config.json',
    '/config.json',
  ])('%j, which matches nothing, is named, and nothing is written', async (pattern) => {
    fresh();
    const missing = {
      code: 'not-found',
      names: ['m@v1', JSON.stringify(pattern)],
      hint: /cairn show m@v1/,
    } as const;
    await expectFailure(get(out, { only: ['config.json', pattern] }), missing);
    expect(existsSync(out)).toBe(false);
  });

  test('one choice after another comes into one folder, and what was chosen before is left alone', async () => {
    await get(fresh(), { only: ['*.json'] });
    writeFileSync(join(out, 'config.json'), 'mine');
    expect(await get(out, { only: ['bin'] })).toMatchObject({ files: 1, unchanged: 0 });
    expect(readFileSync(join(out, 'config.json'), 'utf8')).toBe('mine');
    expect(Object.keys(filesBelow(out))).toEqual(['bin/run.sh', 'config.json', 'data/deep/c.json']);
  });
});

function get(destination: string, options: TakeOutOptions = {}): Promise<TakenOut> {
  return takeOut(fixture.registry, 'm@v1', destination, options);
}

/** Nothing may be written at the destination or beside it. */
async function refuses(expected: ExpectedFailure, options: TakeOutOptions = {}): Promise<void> {
  const around = join(out, '..');
  const before = filesBelow(around);
  await expectFailure(get(out, options), expected);
  expect(filesBelow(around)).toEqual(before);
}

/** Who all files are: one that is written, or only touched, is another one. */
function timesOf(): Record<string, { inode: bigint; changed: bigint }> {
  const times: Record<string, { inode: bigint; changed: bigint }> = {};
  for (const path of Object.keys(filesBelow(out))) {
    const { ino, ctimeNs } = statSync(join(out, path), { bigint: true });
    times[path] = { inode: ino, changed: ctimeNs };
  }
  return times;
}

function executables(): string[] {
  return Object.keys(filesBelow(out)).filter((path) => (statSync(join(out, path)).mode & 0o100) !== 0);
}
