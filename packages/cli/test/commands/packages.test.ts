import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linearPackage, temporaryFolder, twoModelsPackage, writePackage, zipFile } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCommand } from '../../src/commands/table.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let workshop: Workshop;
let archive: string;

beforeAll(async () => {
  workshop = await openWorkshop();
  archive = join(workshop.path, 'linear.mlarchive');
  writeFileSync(archive, zipOf(linearPackage()));
  await workshop.json('import', archive, 'linear@v1', '--create');
});

afterAll(() => workshop[Symbol.dispose]());

function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  const entries = Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
  return zipFile(entries, { deflate: true }).bytes;
}

/** The fields that `docs/cli.md` lists for what a command prints. */
async function documentedFields(command: string): Promise<string[]> {
  const { json } = (await loadCommand(command))!;
  return Object.keys(json![0]!.shape.fields).sort();
}

describe('cairn manifest new', () => {
  test('writes a manifest named after the folder, that can be checked', async () => {
    using folder = temporaryFolder();
    const workingFolder = join(folder.path, 'stockpred');
    mkdirSync(workingFolder);
    const { code, out, err } = await workshop.run(['manifest', 'new'], { workingFolder });
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain(`wrote ${join(workingFolder, 'manifest.json')}`);
    expect(JSON.parse(readFileSync(join(workingFolder, 'manifest.json'), 'utf8'))).toMatchObject({
      schema: 'v2024.1',
      name: 'stockpred',
      version: '1',
      models: [{ name: 'stockpred', enc_model_cleanup: 'after-load' }],
      services: [{ name: 'main' }],
    });
    const checked = await workshop.run(['manifest', 'check', 'manifest.json'], { workingFolder });
    expect(checked).toMatchObject({ code: 0, out: expect.stringMatching(/^ok {2}manifest.json\n/) });
  });

  test('takes names, submodels, services, a framework and a schema', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'm.json');
    const options = ['--name', 'Two nets', '--model-version', '2024-06', '--framework', 'pytorch'];
    const lists = ['--submodel', 'a', '--submodel', 'b', '--service', 'main', '--service', 'explain'];
    const printed = await workshop.json('manifest', 'new', file, ...options, ...lists);
    expect(Object.keys(printed as object).sort()).toEqual(await documentedFields('manifest new'));
    expect(printed).toEqual({ file, manifest: JSON.parse(readFileSync(file, 'utf8')) });
    expect(printed).toMatchObject({
      manifest: {
        name: 'Two nets',
        version: '2024-06',
        models: [{ name: 'a', framework: 'pytorch' }, { name: 'b' }],
        services: [{ name: 'main' }, { name: 'explain' }],
      },
    });
    const old = ['--schema', 'v2023.1', '--framework', 'pytorch', '--name', 'old', '--force'];
    expect(await workshop.json('manifest', 'new', file, ...old)).toMatchObject({
      manifest: { models: [{ name: 'old', version: '1', framework: 'pytorch' }] },
    });
  });

  test('replaces no file unless it is told', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'manifest.json');
    writeFileSync(file, 'precious');
    const { code, err } = await workshop.run(['manifest', 'new', file]);
    expect(code).toBe(4);
    expect(err).toContain('use --force to replace it');
    expect(readFileSync(file, 'utf8')).toBe('precious');
    expect(await workshop.run(['manifest', 'new', file, '--force'])).toMatchObject({ code: 0 });
  });

  test.each([
    [['--schema', 'v2023.1'], 2, 'needs --framework'],
    [['--schema', 'v2022.1'], 2, 'there is no manifest schema v2022.1'],
    [['--framework', 'torch'], 2, 'models[0].framework: expected tensorflow'],
    [['--submodel', 'a/b'], 2, 'models[0].name: "a/b"'],
  ])('refuses %j', async (options, expected, message) => {
    using folder = temporaryFolder();
    const { code, err } = await workshop.run(['manifest', 'new', join(folder.path, 'm.json'), ...options]);
    expect({ code, err }).toEqual({ code: expected, err: expect.stringContaining(message) });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('needs a folder to write into', async () => {
    const { code, err } = await workshop.run(['manifest', 'new', join(workshop.path, 'no', 'm.json')]);
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('there is no folder') });
  });
});

describe('cairn manifest check', () => {
  test('tells what a package is', async () => {
    using folder = temporaryFolder();
    writePackage(folder.path, twoModelsPackage());
    const { code, out } = await workshop.run(['manifest', 'check', folder.path]);
    expect(code).toBe(0);
    expect(out).toContain('two-models, version first, 6 files');
    expect(out).toContain(
      'scale (pytorch) in models/scale/, loaded by load_scale of hooks/loaders.py, kept after loading',
    );
    expect(out).toContain('inverse, answered by inverse of hooks/predict.py');
  });

  test('prints what it found as JSON', async () => {
    const checked = await workshop.json('manifest', 'check', archive);
    expect(Object.keys(checked as object).sort()).toEqual(await documentedFields('manifest check'));
    expect(checked).toMatchObject({
      path: archive,
      kind: 'archive',
      files: 6,
      manifest: { schema: 'v2023.1' },
    });
  });

  test('names the field or the file that is wrong', async () => {
    using folder = temporaryFolder();
    writePackage(folder.path, { ...linearPackage(), 'notes.txt': '' });
    const file = join(folder.path, 'manifest.json');
    const foreign = await workshop.run(['manifest', 'check', folder.path]);
    expect(foreign).toMatchObject({ code: 2, err: expect.stringContaining('found notes.txt') });
    writeFileSync(file, readFileSync(file, 'utf8').replace('"framework"', '"framwork"'));
    const misspelt = await workshop.run(['manifest', 'check', file]);
    expect(misspelt.code).toBe(2);
    expect(misspelt.err).toContain('models[0].framwork: there is no such field; did you mean framework?');
    expect(await workshop.run(['manifest', 'check', join(folder.path, 'none')])).toMatchObject({ code: 3 });
  });
});

describe('cairn import', () => {
  test('adds the package of an archive as a version', async () => {
    const { code, out, err } = await workshop.run([
      'import',
      archive,
      'linear@v2',
      '-m',
      'The same',
      '--label',
      'a=b',
    ]);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain(`imported ${archive} as linear@v2: 6 files`);
    expect(await workshop.json('show', 'linear@v2')).toMatchObject({
      type: 'packaged',
      description: 'The same',
      labels: { a: 'b' },
      sources: [{ kind: 'archive', path: archive }],
    });
  });

  test('calls a version what its manifest says, and prints it as JSON', async () => {
    const created = await workshop.json('import', archive);
    expect(Object.keys(created as object).sort()).toEqual(await documentedFields('import'));
    expect(created).toMatchObject({ version: { model: 'linear', version: 'first' }, stored: { bytes: 0 } });
  });

  test('says what was left out', async () => {
    const file = join(workshop.path, 'compiled.zip');
    writeFileSync(file, zipOf({ ...linearPackage(), 'hooks/__pycache__/load.cpython-311.pyc': '' }));
    const { err } = await workshop.run(['import', file, 'linear@compiled']);
    expect(err).toContain('left out hooks/__pycache__/load.cpython-311.pyc');
  });

  test.each([
    ['a model that is not there', () => ['import', archive, 'other@v1'], 3, 'add --create'],
    ['a version that is', () => ['import', archive, 'linear@v1'], 4, 'linear@v1'],
    ['a file that is not', () => ['import', 'missing.cairn'], 3, 'no such file'],
    [
      'what is no package',
      () => ['import', join(workshop.model, 'config.json')],
      2,
      'neither a .mlarchive nor',
    ],
    ['a file in a version', () => ['import', archive, 'linear@v1:models'], 2, 'names a file'],
  ])('refuses %s', async (_, words, code, message) => {
    expect(await workshop.run(words())).toMatchObject({ code, err: expect.stringContaining(message) });
  });
});

describe('cairn export', () => {
  test('writes an archive that can be imported again', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'out.mlarchive');
    const { code, out, err } = await workshop.run(['export', 'linear@v1', file]);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain(`wrote linear@v1 into ${file}`);
    expect(await workshop.json('import', file, 'linear@round-trip')).toMatchObject({ stored: { bytes: 0 } });
    const again = await workshop.run(['export', 'linear@v1', file]);
    expect(again).toMatchObject({ code: 4, err: expect.stringContaining('use --force') });
    const forced = await workshop.json('export', 'linear@v1', file, '--force');
    expect(Object.keys(forced as object).sort()).toEqual(await documentedFields('export'));
    expect(forced).toMatchObject({ model: 'linear', version: 'v1', file, sealed: false });
  });

  test.each([
    ['linear@v1', 'out.tar', 2, "'out.tar' does not say which kind of file it is to be"],
    ['linear@v1', 'out.cairn', 4, 'linear@v1'],
    ['stockpred@v1', 'out.mlarchive', 4, 'stockpred@v1 is no package'],
    ['linear@none', 'out.mlarchive', 3, 'none'],
  ])('refuses to write %s into %s', async (reference, file, code, message) => {
    using folder = temporaryFolder();
    const workingFolder = folder.path;
    const words = ['export', reference, file, '--registry', workshop.registry];
    expect(await workshop.run(words, { workingFolder })).toMatchObject({
      code,
      err: expect.stringContaining(message),
    });
    expect(existsSync(join(workingFolder, file))).toBe(false);
  });
});

describe('a sealed package', () => {
  beforeAll(async () => {
    const folder = join(workshop.path, 'linear');
    writePackage(folder, linearPackage());
    const parts = ['--model', join(folder, 'models'), '--hooks', join(folder, 'hooks')];
    const sealed = ['--type', 'packaged-encrypted', '--encrypt', 'auto', '--create'];
    await workshop.json('add', 'sealed@v1', ...parts, '--manifest', join(folder, 'manifest.json'), ...sealed);
  });

  test('is written into a container, and imported from it, without a key', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'sealed.cairn');
    const variables = { CAIRN_CONFIG: join(folder.path, 'config') };
    const exported = await workshop.run(['export', 'sealed@v1', file, '--json'], { variables });
    expect(exported.code).toBe(0);
    expect(JSON.parse(exported.out)).toMatchObject({ model: 'sealed', version: 'v1', file, sealed: true });
    expect(readFileSync(file, 'latin1')).not.toContain('weights.json');
    const imported = await workshop.run(['import', file, 'copied', '--create'], { variables });
    expect(imported).toMatchObject({ code: 0, err: expect.stringContaining('as copied@v1') });
    expect(await workshop.json('show', 'copied@v1')).toMatchObject({ type: 'packaged-encrypted' });
  });

  test('is written into an archive with its key, and that it is open there is said', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'opened.mlarchive');
    const { code, err } = await workshop.run(['export', 'sealed@v1', file]);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('is sealed no longer') });
    expect(await workshop.json('manifest', 'check', file)).toMatchObject({ kind: 'archive', files: 6 });
  });

  test('is not written into an archive without its key', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'closed.mlarchive');
    const variables = { CAIRN_CONFIG: join(folder.path, 'config') };
    expect(await workshop.run(['export', 'sealed@v1', file], { variables })).toMatchObject({ code: 4 });
    expect(existsSync(file)).toBe(false);
  });
});
