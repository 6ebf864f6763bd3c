import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linearPackage, temporaryFolder, writePackage } from '@cairn/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCommand } from '../../src/commands/table.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let workshop: Workshop;
let packed: string;
const FILES = linearPackage();
const PASSPHRASE = 'a passphrase for tests';
/** Somebody without any key. */
let stranger: Record<string, string>;

beforeAll(async () => {
  workshop = await openWorkshop();
  packed = join(workshop.path, 'linear');
  stranger = { CAIRN_CONFIG: join(workshop.path, 'stranger') };
  writePackage(packed, FILES);
  await workshop.json('add', 'secret@v1', '--create', ...packageWords(), '--encrypt', 'auto', '-m', 'Sealed');
  const variables = { CAIRN_PASSPHRASE: PASSPHRASE };
  const words = ['add', 'phrase@v1', '--create', ...packageWords(), '--encrypt', 'passphrase'];
  const added = await workshop.run(words, { variables });
  if (added.code !== 0) throw new Error(added.err);
}, 120_000);

afterAll(() => workshop[Symbol.dispose]());

function packageWords(): string[] {
  const parts = ['--model', join(packed, 'models'), '--hooks', join(packed, 'hooks')];
  return ['--type', 'packaged-encrypted', ...parts, '--manifest', join(packed, 'manifest.json')];
}

test('get opens a sealed version with a key of the keyring', async () => {
  using folder = temporaryFolder();
  const out = join(folder.path, 'out');

  expect(await workshop.run(['get', 'secret', out])).toMatchObject({ code: 0 });

  for (const [path, text] of Object.entries(FILES)) expect(readFileSync(join(out, path), 'utf8')).toBe(text);
  expect(await workshop.json('get', 'secret@v1', out)).toMatchObject({
    files: 0,
    unchanged: Object.keys(FILES).length,
  });
});

test('without the key get says what is needed, and writes nothing', async () => {
  using folder = temporaryFolder();
  const out = join(folder.path, 'out');

  const { code, err } = await workshop.run(['get', 'secret@v1', out], { variables: stranger });

  expect(code).toBe(4);
  expect(err).toMatch(/secret@v1.*\n.*hint: .*(--key-file|cairn key import)/);
  expect(existsSync(out)).toBe(false);
});

test('get --sealed takes out what is stored, without the key', async () => {
  using folder = temporaryFolder();
  const out = join(folder.path, 'out');

  const words = ['get', 'secret@v1', out, '--sealed'];
  expect(await workshop.run(words, { variables: stranger })).toMatchObject({ code: 0 });

  expect(readdirSync(out).sort()).toEqual(['envelope.json', 'manifest.seal', 'objects']);
  const stored = await workshop.run(['cat', 'secret@v1:envelope.json', '--sealed'], { variables: stranger });
  expect(stored.out).toBe(readFileSync(join(out, 'envelope.json'), 'latin1'));
});

test('cat writes a file that is sealed, or says that there is none', async () => {
  const { code, out, err } = await workshop.run(['cat', 'secret@v1:hooks/load.py']);
  expect({ code, out, err }).toEqual({ code: 0, out: FILES['hooks/load.py'], err: '' });

  expect(await workshop.run(['cat', 'secret@v1:envelope.json'])).toMatchObject({ code: 3 });
  const closed = await workshop.run(['cat', 'secret@v1:hooks/load.py', '--json'], { variables: stranger });
  expect(closed).toMatchObject({ code: 4, out: '' });
  expect(JSON.parse(closed.err).error.code).toBe('wrong-key');
});

test('a passphrase opens it: from a file, from the variable, and on a terminal when it is asked for', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'passphrase');
  writeFileSync(file, `${PASSPHRASE}\n`, { mode: 0o600 });
  const cat = ['cat', 'phrase@v1:hooks/load.py'];

  expect(await workshop.run([...cat, '--passphrase-file', file])).toMatchObject({ code: 0 });
  expect(await workshop.run(cat, { variables: { CAIRN_PASSPHRASE: PASSPHRASE } })).toMatchObject({ code: 0 });
  const asked = await workshop.run(cat, { secrets: [PASSPHRASE] });
  expect(asked).toMatchObject({ code: 0, out: FILES['hooks/load.py'], err: 'passphrase: ' });
  expect(await workshop.run(cat, { secrets: ['another'] })).toMatchObject({ code: 4 });
});

test('show says how it is sealed, and what is in it where a key opens it', async () => {
  const closed = await workshop.run(['show', 'secret@v1'], { variables: stranger });
  expect(closed.out).toMatch(/sealed +opens with a key; not opened/);
  expect(closed.out).toContain('manifest.seal');
  expect(closed.out).not.toContain('load.py');

  const opened = await workshop.run(['show', 'secret@v1']);
  expect(opened.out).toMatch(/sealed +opens with a key\n/);
  expect(opened.out).toContain('hooks/load.py');
  expect(opened.out).not.toContain('manifest.seal');
  const file = await workshop.run(['show', 'secret@v1:hooks/load.py']);
  expect(file.out).toMatch(/stored +sealed/);
});

test('show asks nobody unless it is told to open', async () => {
  const quiet = await workshop.run(['show', 'phrase@v1'], { secrets: [PASSPHRASE] });
  expect(quiet).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('opens with a passphrase; not opened'),
  });
  const file = await workshop.run(['show', 'phrase@v1:hooks/load.py'], { secrets: [PASSPHRASE] });
  expect(file).toMatchObject({ code: 4, err: expect.stringMatching(/sealed.*\n.*--open/) });

  const told = await workshop.run(['show', 'phrase@v1', '--open'], { secrets: [PASSPHRASE] });
  expect(told).toMatchObject({ code: 0, err: 'passphrase: ', out: expect.stringContaining('hooks/load.py') });
  expect(await workshop.run(['show', 'phrase@v1', '--open'], { secrets: ['another'] })).toMatchObject({
    code: 4,
  });
  expect(await workshop.run(['show', 'phrase@v1', '--open'])).toMatchObject({ code: 4 });
});

test('show --json has the documented fields, sealed and opened', async () => {
  const { json } = (await loadCommand('show'))!;
  const fieldsOf = (name: string) =>
    Object.keys(json!.find(({ shape }) => shape.name === name)!.shape.fields).sort();

  const opened = (await workshop.json('show', 'secret@v1')) as Record<string, Record<string, unknown>>;
  expect(Object.keys(opened).sort()).toEqual(fieldsOf('Version'));
  expect(Object.keys(opened.sealing!).sort()).toEqual(fieldsOf('Sealing'));
  expect(opened.sealing).toMatchObject({
    slots: [{ kind: 'key', logN: null }],
    sealedAs: { model: 'secret', version: 'v1' },
    contents: { manifest: FILES['manifest.json'], files: expect.arrayContaining([]) },
  });
  expect(await workshop.json('show', 'stockpred@v1')).toMatchObject({ sealing: null });
});

test('verify checks what is stored, and with a key what is in it', async () => {
  const closed = await workshop.run(['verify', 'secret@v1'], { variables: stranger });
  expect(closed).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^ok {3}secret@v1 .*, sealed: not opened\n$/),
  });
  const opened = await workshop.run(['verify', 'secret@v1']);
  expect(opened).toMatchObject({ code: 0, out: expect.not.stringContaining('not opened') });

  const { json } = (await loadCommand('verify'))!;
  const [found] = (await workshop.json('verify', 'secret')) as Record<string, unknown>[];
  expect(Object.keys(found!).sort()).toEqual(Object.keys(json![0]!.shape.fields).sort());
  expect(found).toMatchObject({ ok: true, opened: true, files: Object.keys(FILES).length });
  expect(await workshop.json('verify', 'stockpred@v1')).toMatchObject([{ opened: null }]);
});

test('verify says so when it is to open a version and cannot', async () => {
  expect(await workshop.run(['verify', 'secret@v1', '--open'], { variables: stranger })).toMatchObject({
    code: 4,
  });
  const all = await workshop.run(['verify', '--all']);
  expect(all).toMatchObject({ code: 0, out: expect.stringMatching(/phrase@v1 .*sealed: not opened/) });
});

test('rename takes the key of a sealed version, and none for its model', async () => {
  await workshop.json('add', 'moved@v1', '--create', ...packageWords(), '--encrypt', 'auto');

  const refused = await workshop.run(['rename', 'moved@v1', 'v2'], { variables: stranger });
  expect(refused).toMatchObject({ code: 4, err: expect.stringContaining('moved@v1') });
  expect(await workshop.run(['rename', 'moved@v1', 'v2'])).toMatchObject({ code: 0 });
  expect(await workshop.run(['rename', 'moved', 'there'], { variables: stranger })).toMatchObject({
    code: 0,
  });

  const { out } = await workshop.run(['show', 'there@v2']);
  expect(out).toMatch(/sealed as +moved@v2/);
  expect(await workshop.run(['cat', 'there@v2:hooks/load.py'])).toMatchObject({
    code: 0,
    out: FILES['hooks/load.py'],
  });
});

test('a sealed version goes into a file and comes out of it elsewhere, without a key', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'secret-v1.cairn');

  expect(await workshop.run(['export', 'secret@v1', file], { variables: stranger })).toMatchObject({
    code: 0,
  });
  const words = ['import', file, 'brought', '--create'];
  expect(await workshop.run(words, { variables: stranger })).toMatchObject({ code: 0 });

  expect(await workshop.run(['cat', 'brought@v1:hooks/load.py'])).toMatchObject({
    code: 0,
    out: FILES['hooks/load.py'],
  });
  expect(await workshop.run(['rm', 'brought', '--yes'], { variables: stranger })).toMatchObject({ code: 0 });
});
