import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, linearPackage, writePackage } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let workshop: Workshop;
let variables: Record<string, string>;

beforeAll(async () => {
  workshop = await openWorkshop();
  variables = { CAIRN_CONFIG: join(workshop.path, 'config') };
  const { 'manifest.json': manifest, ...files } = linearPackage();
  writePackage(join(workshop.path, 'parts'), { ...files, 'linear.json': manifest! });
});

afterAll(() => workshop[Symbol.dispose]());

/** The words of `add` for a package whose parts lie in different places. */
function adding(version: string, type: string, ...more: string[]): string[] {
  const at = (path: string) => join(workshop.path, 'parts', path);
  const parts = ['--model', at('models'), '--hooks', at('hooks'), '--manifest', at('linear.json')];
  return ['add', version, '--create', '--type', type, ...parts, ...more];
}

function run(...words: string[]) {
  return workshop.run(words, { variables });
}

describe('adding a package', () => {
  test('puts it together from its parts, and trusts the hooks that are here already', async () => {
    const { code, err, out } = await run(...adding('linear@v1', 'packaged'), '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { version, codeDigest, newKey } = JSON.parse(out);
    expect(version).toMatchObject({ type: 'packaged', sources: [{}, {}, { as: 'manifest.json' }] });
    expect(version.files.map(({ path }: { path: string }) => path)).toEqual(
      Object.keys(linearPackage()).sort(),
    );
    expect(newKey).toBeNull();
    expect(readdirSync(join(variables.CAIRN_CONFIG!, 'trusted'))).toEqual([codeDigest]);
  });

  test('names what is wrong with it before anything is stored', async () => {
    const at = (path: string) => join(workshop.path, 'parts', path);
    const { code, err } = await run(
      ...['add', 'wrong@v1', '--create', '--type', 'packaged'],
      ...['--model', at('models'), '--manifest', at('linear.json')],
    );
    expect(code).toBe(2);
    expect(err).toMatch(/hooks\/load/);
    expect(existsSync(join(workshop.registry, 'models', 'wrong.git'))).toBe(false);
  });
});

describe('adding a sealed package', () => {
  test('says where the key is and how to keep it, and uses it from then on', async () => {
    const first = await run(...adding('sealed@v1', 'packaged-encrypted'));
    expect(first).toMatchObject({ code: 0, out: '' });
    expect(first.err).toMatch(/^added sealed@v1, sealed: /);
    const [, path] = /made a key for sealed\n {2}it is in (.*)\n/.exec(first.err)!;
    expect(path).toMatch(/config.keys.sealed-[0-9a-f]{8}\.key$/);
    expect(readFileSync(path!, 'utf8')).toMatch(/CAIRN-SECRET-KEY-1-/);
    expect(first.err).toContain('keep a copy in a safe place');
    const second = await run(...adding('sealed@v2', 'packaged-encrypted'));
    expect(second).toMatchObject({ code: 0 });
    expect(second.err).toMatch(/^added sealed@v2, sealed: .* new, .* there already\n$/);
    expect(second.err).not.toContain('made a key');
    fsckStrict(join(workshop.registry, 'models', 'sealed.git'));
  });

  test('prints the key that it made as JSON, without its secret', async () => {
    const { out, code } = await run(...adding('told@v1', 'packaged-encrypted'), '--json');
    expect(code).toBe(0);
    const { newKey } = JSON.parse(out);
    expect(Object.keys(newKey)).toEqual(['name', 'path', 'fingerprint']);
    expect(out).not.toContain('CAIRN-SECRET-KEY');
  });

  test('with a key in a file, and with another', async () => {
    const [file, other] = [join(workshop.path, 'one.key'), join(workshop.path, 'other.key')];
    expect(await run('key', 'new', 'mine')).toMatchObject({ code: 0 });
    expect(await run('key', 'new', 'theirs')).toMatchObject({ code: 0 });
    expect(await run('key', 'export', 'mine', file)).toMatchObject({ code: 0 });
    expect(await run('key', 'export', 'theirs', other)).toMatchObject({ code: 0 });
    expect(await run(...adding('filed@v1', 'packaged-encrypted', '--key-file', file))).toMatchObject({
      code: 0,
    });
    expect(await run(...adding('filed@v2', 'packaged-encrypted', '--key', 'mine'))).toMatchObject({
      code: 0,
    });
    const wrong = await run(...adding('filed@v3', 'packaged-encrypted', '--key-file', other));
    expect(wrong.code).toBe(4);
    expect(wrong.err).toContain('filed');
  });

  test('with a passphrase from a file or a variable, never shown', async () => {
    const file = join(workshop.path, 'passphrase');
    writeFileSync(file, 'correct horse battery staple\n', { mode: 0o600 });
    const first = await run(...adding('phrase@v1', 'packaged-encrypted', '--passphrase-file', file));
    expect(first).toMatchObject({ code: 0 });
    const words = adding('phrase@v2', 'packaged-encrypted', '--encrypt', 'passphrase');
    const second = await workshop.run(words, {
      variables: { ...variables, CAIRN_PASSPHRASE: 'correct horse battery staple' },
    });
    expect(second).toMatchObject({ code: 0 });
    const wrong = await workshop.run(adding('phrase@v3', 'packaged-encrypted', '--encrypt', 'passphrase'), {
      variables: { ...variables, CAIRN_PASSPHRASE: 'another' },
    });
    expect(wrong.code).toBe(4);
    expect(`${first.err}${second.err}${wrong.err}`).not.toMatch(/horse|another/);
  });

  test('stores all of it anew when nothing is to be seen of what changed', async () => {
    expect(await run(...adding('apart@v1', 'packaged-encrypted'))).toMatchObject({ code: 0 });
    const { err } = await run(...adding('apart@v2', 'packaged-encrypted', '--no-reuse'));
    expect(err).not.toContain('there already');
  });
});

describe('words that do not fit together', () => {
  test.each([
    [['add', 'm@v'], /add needs a path/],
    [['add', 'm@v', '--type', 'packaged'], /add needs the files of the package/],
    [['add', 'm@v', '--type', 'packaged', '--manifest', 'm.json'], /beside its manifest/],
    [['add', 'm@v', '--model', '.'], /--model is for packages[\s\S]*--type packaged/],
    [['add', 'm@v', '.', '--key', 'k'], /--key is for sealed versions[\s\S]*--type packaged-encrypted/],
    [
      ['add', 'm@v', '.', '--type', 'packaged-encrypted', '--encrypt', 'auto', '--key', 'k'],
      /exclude each other/,
    ],
    [['add', 'm@v', '.', '--type', 'sealed'], /not one of plaintext, packaged, packaged-encrypted/],
  ])('%j is a usage error', async (words, message) => {
    const { code, err } = await run(...words);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
