import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { linearPackage, pseudoRandomBytes, twoModelsPackage, writePackage, zipFile } from '@cairn/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type CairnError,
  type CairnErrorCode,
  checkPackageAt,
  createVersion,
  examineRegistry,
  exportArchive,
  exportContainer,
  importArchive,
  importPackageFile,
  listModels,
  listVersions,
  showVersion,
  takeOut,
  verifyVersion,
} from '../../src/index.ts';
import { inAnotherProcess } from '../another-process.ts';
import { expectFailure, filesBelow, type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { forgedArchive } from './forged-archive.ts';

let fixture: RegistryFixture;
let archive: string;
let next = 0;
/** A version name that no test has used. */
let fresh: { model: string; version: string };

beforeAll(async () => {
  fixture = await registryFixture();
  archive = join(fixture.work, 'linear.mlarchive');
  writeFileSync(archive, zipOf(linearPackage()));
  await importArchive(fixture.registry, archive, { model: 'linear', version: 'v1' }, { createModel: true });
});

beforeEach(() => {
  next += 1;
  fresh = { model: 'linear', version: `test-${next}` };
});

afterAll(() => fixture[Symbol.dispose]());

function failure(operation: Promise<unknown>, code: CairnErrorCode): Promise<CairnError> {
  return expectFailure(operation, { code, names: [] });
}

/** What the files below a folder hold, by path. */
function textsBelow(folder: string): Record<string, string> {
  return Object.fromEntries(
    Object.keys(filesBelow(folder)).map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );
}

function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const entries = Object.entries(files).map(([name, content]) => ({
    name,
    bytes: Buffer.from(content as string),
  }));
  return zipFile(entries, { deflate: true }).bytes;
}

/** Writes an archive, and gives its path. */
function archiveWith(bytes: Uint8Array): string {
  const path = join(fixture.work, `${next}.mlarchive`);
  writeFileSync(path, bytes);
  return path;
}

/** Whatever the registry keeps for itself beside models, locks and caches. */
function leftovers(): string[] {
  const names = readdirSync(join(fixture.registry.path, '.cairn'));
  return names.filter((name) => name.startsWith('unpack-'));
}

describe('an archive that is imported', () => {
  test('becomes a version of type packaged with its files', async () => {
    const version = await showVersion(fixture.registry, 'linear@v1');
    expect(version.type).toBe('packaged');
    expect(version.sources).toEqual([{ kind: 'archive', path: archive, files: 6, bytes: version.size }]);
    const out = join(fixture.work, 'out');
    await takeOut(fixture.registry, 'linear@v1', out);
    expect(textsBelow(out)).toEqual(linearPackage());
    expect((await verifyVersion(fixture.registry, 'linear@v1')).problems).toEqual([]);
  });

  test('is the same package as its folders are', async () => {
    const folder = join(fixture.work, 'folders');
    writePackage(folder, linearPackage());
    const imported = await importArchive(fixture.registry, archive, fresh);
    const created = await createVersion(
      fixture.registry,
      { ...fresh, version: 'folders' },
      {
        type: 'packaged',
        sources: ['models', 'hooks'].map((into) => ({ path: join(folder, into), into })),
        manifest: join(folder, 'manifest.json'),
      },
    );
    expect(imported.codeDigest).toBe(created.codeDigest);
    expect(imported.version.files).toEqual(created.version.files);
    expect(created.stored.bytes).toBe(0);
  });

  test('says what was stored, and reports how far it has come', async () => {
    const phases = new Map<string, number>();
    const files = { ...twoModelsPackage(), 'models/scale/big.bin': pseudoRandomBytes(3_000_000, 5) };
    const { stored, skipped, codeDigest, newKey } = await importArchive(
      fixture.registry,
      archiveWith(zipOf(files)),
      fresh,
      {
        description: 'two models',
        labels: { from: 'elsewhere' },
        metrics: { loss: 0.5 },
        onProgress: ({ phase, done, total }) => {
          expect(done).toBeLessThanOrEqual(total);
          phases.set(phase, done);
        },
      },
    );
    const { size, description, labels, metrics } = await showVersion(fixture.registry, fresh);
    expect([...phases]).toEqual([
      ['unpacking', size],
      ['storing', size],
    ]);
    expect(stored.bytes).toBe(size);
    expect([skipped, newKey]).toEqual([[], null]);
    expect(codeDigest).toMatch(/^[0-9a-f]{64}$/);
    expect({ description, labels, metrics }).toEqual({
      description: 'two models',
      labels: { from: 'elsewhere' },
      metrics: { loss: 0.5 },
    });
  });

  test('keeps executable flags, and leaves out what packages leave out', async () => {
    const files = {
      ...linearPackage(),
      'hooks/__pycache__/load.cpython-311.pyc': 'compiled',
      'models/run.sh': '#!',
    };
    const entries = Object.entries(files).map(([name, content]) => ({
      name,
      content,
      mode: name.endsWith('.sh') ? 0o100755 : 0o100644,
    }));
    const { version, skipped } = await importArchive(
      fixture.registry,
      archiveWith(forgedArchive(entries)),
      fresh,
    );
    expect(skipped).toEqual(['hooks/__pycache__/load.cpython-311.pyc']);
    expect(version.files.filter(({ executable }) => executable).map(({ path }) => path)).toEqual([
      'models/run.sh',
    ]);
  });

  test('is named by its manifest when nobody names it', async () => {
    const { version } = await importArchive(
      fixture.registry,
      archiveWith(zipOf(twoModelsPackage())),
      {},
      {
        createModel: true,
      },
    );
    expect([version.model, version.version]).toEqual(['two-models', 'first']);
    const named = await importArchive(fixture.registry, archive, { version: fresh.version });
    expect(named.version.model).toBe('linear');
  });

  test('must be named when its manifest calls it what no version can be called', async () => {
    const manifest = linearPackage()['manifest.json']!.replace('"linear"', '"Linear, in one"');
    const file = archiveWith(zipOf({ ...linearPackage(), 'manifest.json': manifest }));
    const error = await failure(importArchive(fixture.registry, file), 'invalid');
    expect(error.message).toContain('calls the package Linear, in one, first, which cannot name a version');
    await importArchive(fixture.registry, file, fresh);
  });

  test('is told from other files by its content', async () => {
    const renamed = join(fixture.work, 'linear.cairn');
    writeFileSync(renamed, readFileSync(archive));
    await importPackageFile(fixture.registry, renamed, fresh);
    const text = fixture.write({ 'a.mlarchive': 'text' });
    expect((await failure(importPackageFile(fixture.registry, text), 'invalid')).message).toContain(
      'neither',
    );
    await failure(importPackageFile(fixture.registry, fixture.work), 'invalid');
    await failure(importPackageFile(fixture.registry, join(fixture.work, 'missing')), 'not-found');
  });
});

describe('an archive that cannot be imported', () => {
  test.each([
    ['a version that is there', () => archive, { model: 'linear', version: 'v1' }, 'exists'],
    ['a model that is not', () => archive, { model: 'other', version: 'v1' }, 'not-found'],
    ['no archive', () => fixture.write({ 'text.txt': 'text' }), undefined, 'invalid'],
    ['a file that is not there', () => join(fixture.work, 'missing'), undefined, 'not-found'],
    ['a path out of it', () => archiveWith(forgedArchive([{ name: '../evil' }])), undefined, 'hostile'],
    ['no manifest', () => archiveWith(zipOf({ 'models/a': 'a' })), undefined, 'invalid'],
    [
      'a bad manifest',
      () => archiveWith(zipOf({ ...linearPackage(), 'manifest.json': '{}' })),
      undefined,
      'invalid',
    ],
    [
      'a foreign file',
      () => archiveWith(zipOf({ ...linearPackage(), 'train.py': '' })),
      undefined,
      'invalid',
    ],
    [
      'a manifest from the future',
      () => archiveWith(zipOf({ ...linearPackage(), 'manifest.json': '{"schema":"v2031.1"}' })),
      undefined,
      'unsupported',
    ],
    [
      'a manifest that is too large',
      () => archiveWith(zipOf({ ...linearPackage(), 'manifest.json': ' '.repeat(600_000) })),
      undefined,
      'invalid',
    ],
  ] as const)('for %s leaves nothing behind', async (_, file, target, code) => {
    const before = await listVersions(fixture.registry, 'linear');
    await failure(importArchive(fixture.registry, file(), target ?? fresh), code);
    expect(await listVersions(fixture.registry, 'linear')).toEqual(before);
    expect(leftovers()).toEqual([]);
    expect((await examineRegistry(fixture.registry)).filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  test('because a file in it is damaged leaves neither files nor the model that it was for', async () => {
    const files = { ...linearPackage(), 'models/weights.bin': 'w'.repeat(10_000) };
    const lie = { crc: 1, head: { crc: 1 } };
    const entries = Object.entries(files).map(([name, content]) => ({
      name,
      content,
      ...(name.endsWith('.bin') && lie),
    }));
    const target = { model: 'never', version: 'v1' };
    const importing = importArchive(fixture.registry, archiveWith(forgedArchive(entries)), target, {
      createModel: true,
    });
    expect((await failure(importing, 'damaged')).message).toContain(
      'models/weights.bin: it is not what was packed',
    );
    expect((await listModels(fixture.registry)).map(({ name }) => name)).not.toContain('never');
    expect(leftovers()).toEqual([]);
  });

  test('because it was cancelled leaves nothing behind', async () => {
    const file = archiveWith(
      zipOf({ ...linearPackage(), 'models/big.bin': pseudoRandomBytes(2_000_000, 6) }),
    );
    for (const last of ['unpacking', 'storing']) {
      const controller = new AbortController();
      const onProgress = ({ phase }: { phase: string }) => phase === last && controller.abort();
      const importing = importArchive(fixture.registry, file, fresh, {
        signal: controller.signal,
        onProgress,
      });
      await failure(importing, 'cancelled');
      expect(leftovers()).toEqual([]);
    }
    await failure(showVersion(fixture.registry, fresh), 'not-found');
  });
});

test('an archive is unpacked where nobody else may look, and what a dead import has left is swept', async () => {
  const local = join(fixture.registry.path, '.cairn');
  const killed = `library.importArchive(registry, ${JSON.stringify(archive)}, ${JSON.stringify(fresh)}, {
    onProgress: () => process.kill(process.pid, 'SIGKILL'),
  })`;
  expect(() => inAnotherProcess(fixture, killed)).toThrow('SIGKILL');
  expect(leftovers()).toHaveLength(1);
  const modes: number[] = [];
  const onProgress = () => {
    for (const name of leftovers()) modes.push(statSync(join(local, name)).mode & 0o777);
  };
  await importArchive(fixture.registry, archive, fresh, { onProgress });
  expect(new Set(modes)).toEqual(new Set([0o700]));
  expect(leftovers()).toEqual([]);
});

describe('a version that is exported', () => {
  test('is an archive with the same files, the manifest first', async () => {
    const file = join(fixture.work, 'exported', 'linear.mlarchive');
    const exported = await exportArchive(fixture.registry, 'linear@v1', file);
    const { size } = statSync(file);
    expect(exported).toEqual({ file, size, model: 'linear', version: 'v1', type: 'packaged' });
    expect(readdirSync(join(fixture.work, 'exported'))).toEqual(['linear.mlarchive']);
    await importArchive(fixture.registry, file, fresh);
    const [first, again] = await Promise.all(
      ['v1', fresh.version].map((version) => showVersion(fixture.registry, { model: 'linear', version })),
    );
    expect(again!.files).toEqual(first!.files);
    expect(readFileSync(file).indexOf('manifest.json')).toBe(30);
  });

  test('is the same archive whenever it is exported', async () => {
    const files = {
      ...linearPackage(),
      'models/big.bin': pseudoRandomBytes(2_500_000, 7),
      'models/run.sh': '#!',
    };
    const folder = join(fixture.work, 'deterministic');
    fixture.write(
      Object.fromEntries(Object.entries(files).map(([path, content]) => [`deterministic/${path}`, content])),
    );
    chmodSync(join(folder, 'models/run.sh'), 0o755);
    await createVersion(fixture.registry, fresh, { type: 'packaged', sources: [{ path: folder }] });
    const digests = [];
    for (const name of ['a.zip', 'b.zip']) {
      const phases = new Set<string>();
      const { file } = await exportArchive(fixture.registry, fresh, join(fixture.work, name), {
        onProgress: ({ phase }) => phases.add(phase),
      });
      expect([...phases]).toEqual(['packing']);
      digests.push(createHash('sha256').update(readFileSync(file)).digest('hex'));
    }
    expect(digests[0]).toBe(digests[1]);
    const imported = await importArchive(fixture.registry, join(fixture.work, 'a.zip'), {
      ...fresh,
      version: 'again',
    });
    expect(imported.version.files).toEqual((await showVersion(fixture.registry, fresh)).files);
    expect(imported.stored.bytes).toBe(0);
  });

  test('is read by unzip and by Python (skipped where they are not installed)', async () => {
    const file = join(fixture.work, 'for-others.mlarchive');
    await exportArchive(fixture.registry, 'linear@v1', file, { force: true });
    for (const [program, options] of [
      ['unzip', ['-q', file, '-d', join(fixture.work, 'by-unzip')]],
      ['python3', ['-m', 'zipfile', '-e', file, join(fixture.work, 'by-python')]],
    ] as const) {
      try {
        execFileSync(program, options, { stdio: ['ignore', 'ignore', 'pipe'] });
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') continue;
        throw error;
      }
      expect(textsBelow(options.at(-1)!)).toEqual(linearPackage());
    }
  });

  test('does not replace a file unless it is told, and never anything else', async () => {
    const file = fixture.write({ 'taken.mlarchive': 'precious' });
    expect((await failure(exportArchive(fixture.registry, 'linear@v1', file), 'exists')).hint).toContain(
      '--force',
    );
    expect(readFileSync(file, 'utf8')).toBe('precious');
    await exportArchive(fixture.registry, 'linear@v1', file, { force: true });
    expect(readFileSync(file, 'latin1')).toMatch(/^PK/);
    await failure(exportArchive(fixture.registry, 'linear@v1', fixture.work, { force: true }), 'refused');
  });

  test('leaves no half archive when it is cancelled', async () => {
    const folder = join(fixture.work, 'cancelled');
    mkdirSync(folder);
    const controller = new AbortController();
    const file = join(folder, 'a.mlarchive');
    const exporting = exportArchive(fixture.registry, 'linear@v1', file, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await failure(exporting, 'cancelled');
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('must be a package', async () => {
    const source = fixture.write({ 'plain.txt': 'plain' });
    await createVersion(fixture.registry, fresh, { sources: [{ path: source }] });
    const file = join(fixture.work, 'plain.mlarchive');
    await failure(exportArchive(fixture.registry, fresh, file), 'refused');
    expect(existsSync(file)).toBe(false);
  });
});

describe('a sealed version', () => {
  const key = new Uint8Array(32).fill(7);
  const unlock = { secret: { kind: 'key', key } } as const;
  const sealed = { model: 'sealed', version: 'v1' };
  const container = () => join(fixture.work, 'sealed.cairn');

  beforeAll(async () => {
    const folder = join(fixture.work, 'to-seal');
    writePackage(folder, linearPackage());
    await createVersion(fixture.registry, sealed, {
      type: 'packaged-encrypted',
      sources: [{ path: folder }],
      encryption: { kind: 'key', key },
      createModel: true,
    });
    await exportContainer(fixture.registry, sealed, container());
  });

  test('is exported as an archive with its key, for nobody else to read', async () => {
    const file = join(fixture.work, 'opened.mlarchive');
    const { type } = await exportArchive(fixture.registry, sealed, file, { unlock });
    expect(type).toBe('packaged-encrypted');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const { version, codeDigest } = await importArchive(fixture.registry, file, fresh);
    const first = await showVersion(fixture.registry, 'linear@v1');
    expect(version.files).toEqual(first.files);
    expect(codeDigest).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['a key', {}, 'refused'],
    ['the right key', { unlock: { secret: { kind: 'key', key: new Uint8Array(32).fill(8) } } }, 'wrong-key'],
  ] as const)('is not exported as an archive without %s', async (_, options, code) => {
    const file = join(fixture.work, 'closed.mlarchive');
    await failure(exportArchive(fixture.registry, sealed, file, options), code);
    expect(existsSync(file)).toBe(false);
  });

  test('is imported from a container by its content, under its own name', async () => {
    const renamed = join(fixture.work, 'sealed.zip');
    writeFileSync(renamed, readFileSync(container()));
    const target = { model: 'copied', version: 'v1' };
    const { version } = await importPackageFile(
      fixture.registry,
      renamed,
      { model: 'copied' },
      { createModel: true },
    );
    expect([version.type, version.model, version.version]).toEqual([
      'packaged-encrypted',
      ...Object.values(target),
    ]);
    const opened = await exportArchive(fixture.registry, target, join(fixture.work, 'copied.zip'), {
      unlock,
    });
    const original = await exportArchive(fixture.registry, sealed, join(fixture.work, 'original.zip'), {
      unlock,
    });
    expect(readFileSync(opened.file).equals(readFileSync(original.file))).toBe(true);
  });

  test('cannot be checked in a container, where all of it is sealed', async () => {
    await failure(checkPackageAt(container()), 'refused');
  });
});

describe('a package is checked before it is added', () => {
  test('as a manifest, a folder or an archive', async () => {
    const folder = join(fixture.work, 'to-check');
    writePackage(folder, { ...twoModelsPackage(), 'hooks/__pycache__/loaders.pyc': '' });
    const manifest = await checkPackageAt(join(folder, 'manifest.json'));
    expect(manifest).toMatchObject({ kind: 'manifest', files: null, manifest: { name: 'two-models' } });
    expect(await checkPackageAt(folder)).toEqual({ ...manifest, kind: 'folder', files: 6 });
    const zip = archiveWith(zipOf(twoModelsPackage()));
    expect(await checkPackageAt(zip)).toEqual({ ...manifest, kind: 'archive', files: 6 });
  });

  test('and told what is wrong with it', async () => {
    const folder = join(fixture.work, 'to-check-again');
    writePackage(folder, { ...linearPackage(), 'notes.txt': '' });
    expect((await failure(checkPackageAt(folder), 'invalid')).message).toContain('found notes.txt');
    await failure(checkPackageAt(join(folder, 'hooks', 'load.py')), 'invalid');
    await failure(checkPackageAt(join(folder, 'missing')), 'not-found');
    const broken = archiveWith(forgedArchive([{ name: '../evil' }]));
    await failure(checkPackageAt(broken), 'hostile');
  });
});
