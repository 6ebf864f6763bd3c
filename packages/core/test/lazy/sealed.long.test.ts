import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, gitText, nodePackage, pseudoRandomBytes } from '@cairn/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createVersion,
  exportArchive,
  exportContainer,
  fetchFiles,
  importContainer,
  loadPackage,
  openFile,
  openPackage,
  showVersion,
  takeOut,
  verifyVersion,
} from '../../src/index.ts';
import { expectFailure, writeFiles } from '../registry-fixture.ts';
import { KEY, PACKAGE, packageOptions, SEGMENT, sealVersion, UNLOCK } from '../sealing/sealed-fixture.ts';
import { type LazyFixture, lazyFixture } from './lazy-fixture.ts';

let fixture: LazyFixture;

beforeAll(async () => {
  fixture = await lazyFixture(async (origin) => {
    await sealVersion(origin, 'v1');
    const options = packageOptions(origin, 'plain-package');
    await createVersion(
      origin.registry,
      { model: 'net', version: 'plain' },
      { ...options, type: 'packaged' },
    );
  });
});

afterAll(() => fixture[Symbol.dispose]());

beforeEach(() => {
  rmSync(fixture.lazy.gitDir('net'), { recursive: true, force: true });
  fixture.clone('net');
  fixture.requests();
});

describe('a lazy clone brings what is needed of a sealed version', () => {
  test('to take all of it out, in one request', async () => {
    const folder = join(fixture.lazy.work, 'all');
    await takeOut(fixture.registry, 'net@v1', folder, { unlock: UNLOCK });
    expect(fixture.requests()).toBe(1);
    for (const [path, bytes] of Object.entries(PACKAGE)) {
      expect([path, readFileSync(join(folder, path)).equals(bytes)]).toEqual([path, true]);
    }
    rmSync(folder, { recursive: true });
  });

  test('to take out some files, only the parts that they are in', async () => {
    const { registry, lazy } = fixture;
    const folder = join(lazy.work, 'some');
    const before = fixture.present('net').length;
    await takeOut(registry, 'net@v1', folder, {
      unlock: UNLOCK,
      only: ['models/config.json', 'manifest.json'],
    });
    const some = fixture.present('net').length;
    expect(some - before).toBeLessThanOrEqual(2);
    rmSync(folder, { recursive: true });
    await fetchFiles(registry, 'net@v1');
    expect(fixture.present('net').length).toBeGreaterThan(some);
  });

  test('to read a range of a file', async () => {
    const before = fixture.present('net').length;
    const bytes = PACKAGE['models/weights.bin']!;
    using file = await openFile(fixture.registry, 'net@v1:models/weights.bin', { unlock: UNLOCK });
    const read = await file.read(2 * SEGMENT, 100);
    expect(Buffer.from(read).equals(bytes.subarray(2 * SEGMENT, 2 * SEGMENT + 100))).toBe(true);
    // Its header, which pins its keys, and the segment.
    expect(fixture.present('net').length - before).toBeLessThanOrEqual(2);
  });

  test('to verify it with a key and without', async () => {
    expect(await verifyVersion(fixture.registry, 'net@v1')).toMatchObject({ ok: true, opened: false });
    expect(fixture.requests()).toBe(1);
    const opened = await verifyVersion(fixture.registry, 'net@v1', { unlock: UNLOCK });
    expect(opened).toMatchObject({ ok: true, opened: true });
    expect(fixture.requests()).toBe(0);
  });

  test('to export it as a container and as an archive, in one request each', async () => {
    const { registry, lazy } = fixture;
    const container = join(lazy.work, 'net.cairn');
    await exportContainer(registry, 'net@v1', container);
    expect(fixture.requests()).toBe(1);
    await importContainer(registry, container, { model: 'net', version: 'v1' }).catch(({ code }) =>
      expect(code).toBe('exists'),
    );
    rmSync(lazy.gitDir('net'), { recursive: true });
    fixture.clone('net');
    await exportArchive(registry, 'net@v1', join(lazy.work, 'sealed.mlarchive'), { unlock: UNLOCK });
    expect(fixture.requests()).toBe(1);
    await exportArchive(registry, 'net@plain', join(lazy.work, 'plain.mlarchive'));
    expect(fixture.requests()).toBe(1);
  });

  test('to use it again where nothing changed', async () => {
    const { registry, lazy } = fixture;
    writeFiles(join(lazy.work, 'second'), {
      ...PACKAGE,
      'models/config.json': Buffer.from('{"layers": 4}\n'),
    });
    const { reused } = await createVersion(
      registry,
      { model: 'net', version: 'v2' },
      {
        sources: [{ path: join(lazy.work, 'second') }],
        type: 'packaged-encrypted',
        encryption: { kind: 'key', key: KEY },
      },
    );
    expect(reused.bytes).toBeGreaterThan(4 * SEGMENT);
    expect(await verifyVersion(registry, 'net@v2', { unlock: UNLOCK })).toMatchObject({ ok: true });
    fsckStrict(lazy.gitDir('net'));
  });

  test('or seals all anew when the remote is gone, and the version is whole', async () => {
    const { registry, lazy } = fixture;
    fixture.hide('net');
    try {
      const sealed = await createVersion(
        registry,
        { model: 'net', version: 'v2' },
        {
          ...packageOptions(lazy, 'offline'),
          type: 'packaged-encrypted',
          encryption: { kind: 'key', key: KEY },
        },
      );
      expect(sealed.stored.bytes).toBeGreaterThan(4 * SEGMENT);
      expect(await verifyVersion(registry, 'net@v2', { unlock: UNLOCK })).toMatchObject({ ok: true });
    } finally {
      fixture.unhide('net');
    }
  });
});

describe('a package of a lazy clone', () => {
  test('is fetched file by file as it is read, or all at once', async () => {
    const { registry, lazy } = fixture;
    await using plain = await openPackage(registry, 'net@plain');
    expect(plain.files).toHaveLength(Object.keys(PACKAGE).length);
    expect(fixture.requests()).toBe(0);
    const bytes = PACKAGE['models/deep/er/one.bin']!;
    expect(Buffer.from(await plain.source('models/deep/er/one.bin').read(0, SEGMENT)).equals(bytes)).toBe(
      true,
    );
    expect(fixture.requests()).toBe(1);
    await plain.bring?.({});
    expect(fixture.requests()).toBe(1);
    fixture.hide('net');
    try {
      for (const { path } of plain.files) for await (const _ of plain.stream(path));
    } finally {
      fixture.unhide('net');
    }
    expect(gitText(lazy.gitDir('net'), 'count-objects')).toMatch(/^0 objects/);
  });

  test('is fetched in one request when it is run', async () => {
    const { registry, lazy, origin } = fixture;
    const big = {
      'models/big.bin': pseudoRandomBytes('big', 200_000),
      'models/more.bin': pseudoRandomBytes(3, 90_000),
    };
    const files = Object.entries({ ...nodePackage(), ...big }).map(([path, content]) => [
      path,
      Buffer.from(content),
    ]);
    const options = packageOptions(origin, 'node-package', Object.fromEntries(files));
    await createVersion(origin.registry, { model: 'net', version: 'node' }, { ...options, type: 'packaged' });
    rmSync(lazy.gitDir('net'), { recursive: true });
    fixture.clone('net');
    fixture.requests();
    await using loaded = await loadPackage(registry, 'net@node', { trust: 'all' });
    expect(fixture.requests()).toBe(1);
    expect(await loaded.predict([1, 2])).toEqual([3, 5]);
  });

  test('whose sealed manifest is not here is opened by what may fetch it, and not by what shows it', async () => {
    const { registry, lazy, origin } = fixture;
    const many = Array.from({ length: 900 }, (_, index) => [
      `models/many/file-${index}.txt`,
      Buffer.from('x'),
    ]);
    await sealVersion(origin, 'many', { ...PACKAGE, ...Object.fromEntries(many) });
    rmSync(lazy.gitDir('net'), { recursive: true });
    fixture.clone('net');
    fixture.requests();
    await expectFailure(showVersion(registry, 'net@many', { unlock: UNLOCK }), {
      code: 'not-found',
      names: ['manifest', 'net@many'],
      hint: /cairn fetch-files/,
    });
    expect(fixture.requests()).toBe(0);
    using file = await openFile(registry, 'net@many:models/many/file-7.txt', { unlock: UNLOCK });
    expect(Buffer.from(await file.read(0, 10)).toString()).toBe('x');
    expect((await showVersion(registry, 'net@many', { unlock: UNLOCK })).sealing?.contents).not.toBeNull();
  });

  test('is shown opened without fetching anything', async () => {
    const { sealing } = await showVersion(fixture.registry, 'net@v1', { unlock: UNLOCK });
    expect(sealing?.contents?.files).toHaveLength(Object.keys(PACKAGE).length);
    expect(fixture.requests()).toBe(0);
  });
});
