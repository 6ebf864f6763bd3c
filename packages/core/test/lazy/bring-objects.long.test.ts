import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, gitText } from '@cairn/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  compareTensors,
  compareVersions,
  fetchFiles,
  inspectFile,
  listModels,
  listVersions,
  modelHistory,
  openFile,
  type Progress,
  showModel,
  showVersion,
  takeOut,
  verifyModel,
  verifyVersion,
} from '../../src/index.ts';
import { history, MIB, storeHistory } from '../oracle/history.ts';
import { expectTakenOut, expectWhole } from '../oracle/read-back.ts';
import { expectFailure } from '../registry-fixture.ts';
import { type LazyFixture, lazyFixture } from './lazy-fixture.ts';

const versions = history();
const WEIGHTS = 'weights.safetensors';
let fixture: LazyFixture;

beforeAll(async () => {
  fixture = await lazyFixture((origin) => storeHistory(origin, 'm', versions));
});

afterAll(() => fixture[Symbol.dispose]());

beforeEach(() => {
  rmSync(fixture.lazy.gitDir('m'), { recursive: true, force: true });
  fixture.clone('m');
  fixture.requests();
});

describe('a lazy clone brings what is needed', () => {
  test('to take out a version, in one request, and nothing the second time', async () => {
    const { registry } = fixture;
    await expectTakenOut(registry, 'm@v1', versions[0]!);
    expect(fixture.requests()).toBe(1);
    await expectTakenOut(registry, 'm@v1', versions[0]!);
    expect(fixture.requests()).toBe(0);
    fsckStrict(fixture.lazy.gitDir('m'));
  });

  test('for all there is to do with its versions', async () => {
    await expectWhole(fixture.registry, 'm', versions);
    fsckStrict(fixture.lazy.gitDir('m'));
  });

  test('of some files only those parts, and tells how far it has come', async () => {
    const { registry, lazy } = fixture;
    const before = fixture.present('m').length;
    const told: Progress[] = [];
    const onProgress = (progress: Progress) => void told.push(progress);
    await takeOut(registry, 'm@v1', join(lazy.work, 'some'), { only: ['bin/tool'], onProgress });
    // A file of 1.2 MiB in parts by its content.
    expect(fixture.present('m').length - before).toBeLessThan(6);
    const fetching = told.filter(({ phase }) => phase === 'fetching');
    expect(fetching.at(-1)).toMatchObject({ total: versions[0]!.files['bin/tool']!.bytes.length });
    expect(fetching.at(-1)!.done).toBe(fetching.at(-1)!.total);
  });

  test('to verify one version or all of them, in one request each', async () => {
    const { registry } = fixture;
    expect(await verifyVersion(registry, 'm@v1')).toMatchObject({ ok: true });
    expect(fixture.requests()).toBe(1);
    expect((await verifyModel(registry, 'm')).map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(fixture.requests()).toBe(1);
  });

  test('to read a range, and no more than the parts that it touches', async () => {
    const before = fixture.present('m');
    const { bytes } = versions[0]!.files[WEIGHTS]!;
    using file = await openFile(fixture.registry, `m@v1:${WEIGHTS}`);
    expect(fixture.requests()).toBe(0);
    const offset = bytes.length - MIB;
    expect(Buffer.from(await file.read(offset, 10)).equals(bytes.subarray(offset, offset + 10))).toBe(true);
    expect(fixture.present('m').length - before.length).toBe(1);
    await file.read(offset, 10);
    expect(fixture.requests()).toBe(1);
  });

  test('to read a file in order, in fewer requests than it has parts', async () => {
    const { bytes } = versions[0]!.files[WEIGHTS]!;
    using file = await openFile(fixture.registry, `m@v1:${WEIGHTS}`);
    const pieces: Uint8Array[] = [];
    for await (const piece of file.stream()) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    expect(fixture.requests()).toBeLessThanOrEqual(2);
  });

  test('when several ask at the same time', async () => {
    const { registry, lazy } = fixture;
    const folders = ['a', 'b', 'c'].map((name) => join(lazy.work, name));
    await Promise.all(folders.map((folder) => takeOut(registry, 'm@v1', folder)));
    for (const folder of folders) {
      expect(readFileSync(join(folder, WEIGHTS)).equals(versions[0]!.files[WEIGHTS]!.bytes)).toBe(true);
    }
    fsckStrict(lazy.gitDir('m'));
  });
});

describe('nothing is fetched', () => {
  test('to list, show, compare and look at headers, with the remote in reach or gone', async () => {
    const { registry } = fixture;
    const look = async () => {
      expect(await listModels(registry)).toHaveLength(1);
      expect(await listVersions(registry, 'm')).toHaveLength(3);
      expect(await modelHistory(registry, 'm')).toHaveLength(3);
      expect(await showModel(registry, 'm')).toMatchObject({ versions: 3 });
      const { files } = await showVersion(registry, 'm@v1', { presence: true });
      expect(files.find(({ path }) => path === 'config.json')).toMatchObject({ present: 16 });
      expect(files.find(({ path }) => path === 'bin/tool')).toMatchObject({ present: 0 });
      const { unchanged } = await compareVersions(registry, 'm@v1', 'm@v2');
      expect(unchanged.files).toBeGreaterThan(1);
      expect(await inspectFile(registry, `m@v1:${WEIGHTS}`)).toMatchObject({ format: 'safetensors' });
      const compared = await compareTensors(registry, `m@v1:${WEIGHTS}`, `m@v2:${WEIGHTS}`);
      expect(compared?.changes.map(({ name, kind }) => [name, kind])).toEqual([
        ['layer.0.weight', 'changed'],
      ]);
    };
    const before = fixture.present('m');
    await look();
    fixture.hide('m');
    try {
      await look();
    } finally {
      fixture.unhide('m');
    }
    expect(fixture.requests()).toBe(0);
    expect(fixture.present('m')).toEqual(before);
  });

  test('to look at a header that is not here, which is said', async () => {
    await expectFailure(inspectFile(fixture.registry, 'm@v1:data/noise.bin'), {
      code: 'not-found',
      names: ['m@v1:data/noise.bin'],
      hint: /fetch/,
    });
    expect(fixture.requests()).toBe(0);
  });

  test('in a full clone, for which no config is looked for either', async () => {
    const { registry } = fixture;
    gitText(
      fixture.lazy.work,
      'clone',
      '--quiet',
      '--bare',
      fixture.origin.gitDir('m'),
      fixture.lazy.gitDir('full'),
    );
    await expectTakenOut(registry, 'full@v1', versions[0]!);
    expect(await fetchFiles(registry, 'full@v1')).toMatchObject({ fetched: { parts: 0, bytes: 0 } });
    rmSync(fixture.lazy.gitDir('full'), { recursive: true });
    expect(fixture.requests()).toBe(0);
  });
});

describe('what cannot be brought is said', () => {
  test('when the remote is out of reach', async () => {
    const { registry, lazy } = fixture;
    fixture.hide('m');
    try {
      await expectFailure(takeOut(registry, 'm@v1', join(lazy.work, 'never')), {
        code: 'network',
        names: ['m@v1 is not all here', /lacks \d+ parts/],
      });
      const verified = await verifyVersion(registry, 'm@v1');
      expect(new Set(verified.problems.map(({ code }) => code))).toEqual(new Set(['network']));
    } finally {
      fixture.unhide('m');
    }
  });

  test('when no remote is set', async () => {
    gitText(fixture.lazy.gitDir('m'), 'remote', 'remove', 'origin');
    gitText(fixture.lazy.gitDir('m'), 'config', 'extensions.partialClone', 'origin');
    await expectFailure(fetchFiles(fixture.registry, 'm@v1'), {
      code: 'not-found',
      names: ['m@v1', 'no remote is set'],
      hint: /cairn remote add/,
    });
  });

  test('when the remote does not have it any more, and what it has still comes', async () => {
    const { registry, lazy, origin } = fixture;
    const name = 'gone';
    gitText(lazy.work, 'clone', '--quiet', '--mirror', origin.gitDir('m'), origin.gitDir(name));
    gitText(origin.gitDir(name), 'config', 'uploadpack.allowFilter', 'true');
    fixture.clone(name);
    gitText(origin.gitDir(name), 'update-ref', '-d', 'refs/tags/3.0+other');
    gitText(origin.gitDir(name), '-c', 'gc.pruneExpire=now', 'gc', '--quiet');
    const before = fixture.present(name).length;
    await expectFailure(takeOut(registry, `${name}@3.0+other`, join(lazy.work, 'never')), {
      code: 'not-found',
      names: [`${name}@3.0+other`, 'origin does not have them any more'],
      hint: /push it again/,
    });
    expect(fixture.present(name)).toHaveLength(before);
    await expectTakenOut(registry, `${name}@v2`, versions[1]!);
    rmSync(lazy.gitDir(name), { recursive: true });
  });

  test('when it is cancelled', async () => {
    const signal = AbortSignal.abort();
    const taking = takeOut(fixture.registry, 'm@v1', join(fixture.lazy.work, 'never'), { signal });
    await expectFailure(taking, { code: 'cancelled', names: [] });
  });
});

test('a fetch that is cancelled on its way leaves a sound clone, which goes on later', async () => {
  const { registry, lazy } = fixture;
  const controller = new AbortController();
  const onProgress = ({ phase }: Progress) => {
    if (phase === 'fetching') controller.abort();
  };
  const fetching = fetchFiles(registry, 'm@v1', { signal: controller.signal, onProgress });
  await expectFailure(fetching, { code: 'cancelled', names: [] });
  fsckStrict(lazy.gitDir('m'));
  expect(readdirSync(join(lazy.gitDir('m'), 'cairn', 'transfers'))).toEqual([]);
  await expectTakenOut(registry, 'm@v1', versions[0]!);
});

describe('fetching the files of a version', () => {
  test('says what is to come, brings it, and then everything works without the remote', async () => {
    const { registry } = fixture;
    const planned = await fetchFiles(registry, 'm@v1', { dryRun: true });
    expect(fixture.requests()).toBe(0);
    expect(planned.present + planned.fetched.bytes).toBe(planned.size);
    expect(await fetchFiles(registry, 'm@v1')).toEqual(planned);
    expect(await fetchFiles(registry, 'm@v1')).toMatchObject({
      present: planned.size,
      fetched: { parts: 0, bytes: 0 },
    });
    const { files } = await showVersion(registry, 'm@v1', { presence: true });
    expect(files.every(({ size, present }) => size === present)).toBe(true);
    fixture.hide('m');
    try {
      await expectTakenOut(registry, 'm@v1', versions[0]!);
    } finally {
      fixture.unhide('m');
    }
  });

  test('brings only those that are chosen', async () => {
    const { registry } = fixture;
    expect(await fetchFiles(registry, 'm@v1', { only: ['bin/*'] })).toMatchObject({
      files: 1,
      fetched: { bytes: versions[0]!.files['bin/tool']!.bytes.length },
    });
    await expectFailure(fetchFiles(registry, 'm@v1', { only: ['nothing'] }), {
      code: 'not-found',
      names: [],
    });
  });
});
