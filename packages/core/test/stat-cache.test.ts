import fs, {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { platform } from 'node:process';
import { pseudoRandomBytes } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import {
  type CreatedVersion,
  createModel,
  createVersion,
  deleteVersion,
  listModels,
  listVersions,
  showVersion,
  takeOut,
  verifyModel,
} from '../src/index.ts';
import { ForgedRepository, TRAILERS } from './forged-repository.ts';
import { filesBelow, type RegistryFixture, registryFixture } from './registry-fixture.ts';

const MIB = 1024 * 1024;
const HOUR = 3_600_000;
const LONG_AGO = new Date('2020-01-01');

describe('files that did not change', () => {
  test('are not even opened, and the version is the same', async () => {
    using fixture = await settledFixture();
    const first = await add(fixture, 'v1');
    expect(opened(first)).toEqual(['deep/run.sh', 'text.txt', 'weights.bin']);
    const second = await add(fixture, 'v2');
    expect(opened(second)).toEqual([]);
    expect(second.created.version.files).toEqual(first.created.version.files);
    expect(second.created).toMatchObject({
      stored: { bytes: 0, parts: 0 },
      reused: { bytes: 3 * MIB + 14, parts: 3 },
    });
    expect(await verifyModel(fixture.registry, 'm')).toMatchObject([{ ok: true }, { ok: true }]);
  });

  test('are told apart from those beside them that did, and progress counts both', async () => {
    using fixture = await settledFixture();
    await add(fixture, 'v1');
    appendFileSync(join(fixture.work, 's/text.txt'), 'more');
    rmSync(join(fixture.work, 's/deep'), { recursive: true });
    const second = await add(fixture, 'v2');
    expect(opened(second)).toEqual(['text.txt']);
    expect(second.created.stored).toEqual({ bytes: 8, parts: 1 });
    expect(second.progress).toMatchObject({
      done: 3 * MIB + 8,
      total: 3 * MIB + 8,
      files: { done: 2, total: 2 },
    });
    expect(opened(await add(fixture, 'v3'))).toEqual([]);
  });

  test('are read again once the repository has lost what they held', async () => {
    using fixture = await settledFixture();
    await add(fixture, 'v1');
    await deleteVersion(fixture.registry, 'm@v1');
    const again = await add(fixture, 'v1');
    expect(opened(again)).toContain('weights.bin');
    await takeOut(fixture.registry, 'm@v1', join(fixture.work, 'out'));
    expect(filesBelow(join(fixture.work, 'out'))).toEqual(filesBelow(join(fixture.work, 's')));
  });

  test('are known by where they are: in another place they are read', async () => {
    using fixture = await settledFixture();
    await add(fixture, 'v1');
    renameSync(join(fixture.work, 's'), join(fixture.work, 'moved'));
    expect(opened(await add(fixture, 'v2', 'moved')).length).toBe(3);
  });
});

describe('files that changed, however little shows', () => {
  test.each([
    ['in content, with the old size and time', (path: string) => writeFileSync(path, 'TEXT', { flag: 'r+' })],
    [
      'by another file in its place, with the old size and time',
      (path: string) => {
        writeFileSync(`${path}.new`, 'TEXT');
        renameSync(`${path}.new`, path);
      },
    ],
    ['in size', (path: string) => truncateSync(path, 3)],
  ])('%s', async (_, change) => {
    using fixture = await settledFixture();
    const path = join(fixture.work, 's/text.txt');
    utimesSync(path, LONG_AGO, LONG_AGO);
    await add(fixture, 'v1');
    expect(opened(await add(fixture, 'v2'))).toEqual([]);
    change(path);
    utimesSync(path, LONG_AGO, LONG_AGO);
    const third = await add(fixture, 'v3');
    expect(opened(third)).toEqual(['text.txt']);
    await takeOut(fixture.registry, 'm@v3', join(fixture.work, 'out'));
    expect(filesBelow(join(fixture.work, 'out'))).toEqual(filesBelow(join(fixture.work, 's')));
  });

  test.skipIf(platform === 'win32')('in nothing but that they may be run', async () => {
    using fixture = await settledFixture();
    await add(fixture, 'v1');
    chmodSync(join(fixture.work, 's/text.txt'), 0o755);
    chmodSync(join(fixture.work, 's/deep/run.sh'), 0o644);
    const { created } = await add(fixture, 'v2');
    const executables = created.version.files.filter(({ executable }) => executable).map(({ path }) => path);
    expect(executables).toEqual(['text.txt']);
  });

  test('a file that was written a moment ago is not remembered, nor one from the future', async () => {
    using fixture = await settledFixture();
    fixture.clock.at = Date.now();
    expect(opened(await add(fixture, 'v1')).length).toBe(3);
    expect(opened(await add(fixture, 'v2')).length).toBe(3);
    fixture.clock.at = Date.now() + HOUR;
    utimesSync(
      join(fixture.work, 's/text.txt'),
      new Date(Date.now() + 2 * HOUR),
      new Date(Date.now() + 2 * HOUR),
    );
    await add(fixture, 'v3');
    expect(opened(await add(fixture, 'v4'))).toEqual(['text.txt']);
  });
});

const CORRUPTIONS: [string, (text: Buffer) => string | Uint8Array][] = [
  ['nothing', () => ''],
  ['no JSON', () => 'garbage'],
  ['null', () => 'null'],
  ['a list', () => '[]'],
  ['a number', () => '1'],
  ['the shape of another format', () => '{"format":1,"content":{}}'],
  ['its first half', (text) => text.subarray(0, text.length / 2)],
  ['its end cut off', (text) => text.subarray(0, text.length - 1)],
  ['a byte changed', (text) => Buffer.from(text.toString().replace(/"(\w)(\w+)":/, '"$1x$2":'))],
  ['other digits', (text) => text.toString().replace(/\d(?=[0-9a-f]*["}])/g, '7')],
  ['nulls for values', (text) => text.toString().replace(/:\{/, ':null,"x":{')],
  ['other content below the right first line', (text) => `${text.toString().split('\n')[0]}\n{"m":null}`],
  ['zeros', (text) => Buffer.alloc(text.length)],
];

describe('a cache that is damaged', () => {
  test('of what files held is not believed, and written anew', async () => {
    using fixture = await settledFixture();
    const first = await add(fixture, 'v0');
    for (const [index, [what, corrupt]] of CORRUPTIONS.entries()) {
      const [path] = cacheFiles(fixture, 'sources');
      const whole = readFileSync(path!);
      writeFileSync(path!, corrupt(whole));
      const again = await add(fixture, `v${index + 1}`);
      expect({ what, opened: opened(again) }).toEqual({ what, opened: opened(first) });
      expect(again.created.version.files).toEqual(first.created.version.files);
      expect(readFileSync(path!)).toEqual(whole);
    }
    expect(opened(await add(fixture, 'last'))).toEqual([]);
    expect((await verifyModel(fixture.registry, 'm')).every(({ ok }) => ok)).toBe(true);
  });

  test('of what lists show is not believed either', async () => {
    using fixture = await settledFixture();
    const { registry, clock } = fixture;
    await add(fixture, 'v1');
    makeManyVersions(fixture);
    clock.at = Date.now() + HOUR;
    const [models, versions] = [await listModels(registry), await listVersions(registry, 'm')];
    for (const name of ['models', 'versions/m']) {
      const [path] = cacheFiles(fixture, name);
      const whole = readFileSync(path!);
      for (const [, corrupt] of CORRUPTIONS) {
        writeFileSync(path!, corrupt(whole));
        expect(await listModels(registry)).toEqual(models);
        expect(await listVersions(registry, 'm')).toEqual(versions);
      }
      writeFileSync(path!, whole);
      expect(await listModels(registry)).toEqual(models);
      expect(await listVersions(registry, 'm')).toEqual(versions);
    }
  });

  test('or deleted, or cannot be written, costs time and nothing else', async () => {
    using fixture = await settledFixture();
    const { registry } = fixture;
    await add(fixture, 'v1');
    const local = join(registry.path, '.cairn');
    rmSync(local, { recursive: true });
    expect(opened(await add(fixture, 'v2')).length).toBe(3);
    rmSync(local, { recursive: true });
    mkdirSync(local);
    writeFileSync(join(local, 'cache'), 'a file where a folder should be');
    expect(opened(await add(fixture, 'v3')).length).toBe(3);
    expect((await listModels(registry))[0]).toMatchObject({ versions: 3 });
    expect(await showVersion(registry, 'm@v3')).toMatchObject({ latest: true });
    expect(readdirSync(local)).toEqual(['cache']);
  });
});

/** A registry whose clock is an hour ahead, so that files written just now count as left alone for long. */
async function settledFixture(): Promise<RegistryFixture> {
  const fixture = await registryFixture();
  fixture.write({
    's/weights.bin': pseudoRandomBytes('weights', 3 * MIB),
    's/text.txt': 'text',
    's/deep/run.sh': '#!/bin/sh\n',
  });
  chmodSync(join(fixture.work, 's/deep/run.sh'), 0o755);
  await createModel(fixture.registry, 'm');
  fixture.clock.at = Date.now() + HOUR;
  return fixture;
}

interface Added {
  readonly created: CreatedVersion;
  /** Every path that was opened meanwhile. */
  readonly paths: readonly string[];
  readonly source: string;
  /** What was last told of the progress. */
  readonly progress: unknown;
}

/** Adds the folder, and watches which files of it are opened: all of Cairn's reading goes through one function. */
async function add({ registry, work }: RegistryFixture, version: string, folder = 's'): Promise<Added> {
  const source = join(work, folder);
  const paths: string[] = [];
  let progress: unknown;
  const { openSync } = fs;
  fs.openSync = (path, ...rest) => {
    paths.push(String(path));
    return openSync(path, ...rest);
  };
  syncBuiltinESMExports();
  try {
    const options = { sources: [{ path: source }], onProgress: (each: unknown) => (progress = each) };
    return {
      created: await createVersion(registry, { model: 'm', version }, options),
      paths,
      source,
      progress,
    };
  } finally {
    fs.openSync = openSync;
    syncBuiltinESMExports();
  }
}

/** Which files of the source were opened, relative to it. */
function opened({ paths, source }: Added): string[] {
  const inside = paths.filter((path) => path.startsWith(join(source, '/')));
  return [...new Set(inside.map((path) => path.slice(source.length + 1)))].sort();
}

function cacheFiles({ registry }: RegistryFixture, name: string): string[] {
  const path = join(registry.path, '.cairn/cache', name);
  return statSync(path).isFile() ? [path] : readdirSync(path).map((each) => join(path, each));
}

/** More tags than are read without a cache, that lead to the first version's commit. */
function makeManyVersions({ gitDir }: RegistryFixture): void {
  const forged = new ForgedRepository(gitDir('m'));
  const commit = forged.idOf('v1^{commit}');
  for (let number = 0; number < 60; number += 1) {
    const message = `number ${number}\n\n${TRAILERS}`;
    const tag = forged.tagObject(commit, { name: `n${number}`, message });
    writeFileSync(join(gitDir('m'), 'refs/tags', `n${number}`), `${tag}\n`);
  }
}
