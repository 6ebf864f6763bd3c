import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { encodeKeyFile, KEY_FILE_PATTERN } from '@cairn/crypto';
import { gitText, temporaryFolder } from '@cairn/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createKey,
  examineKeyring,
  exportKey,
  importKey,
  type Keyring,
  listKeys,
  readKey,
  readKeyFile,
  removeKey,
} from '../../src/index.ts';
import { expectFailure } from '../registry-fixture.ts';

const HAS_MODES = process.platform !== 'win32';
const IS_ROOT = process.getuid?.() === 0;

/** A folder to work in, and a keyring in it that was never written to. */
function place(): { readonly path: string; readonly keyring: Keyring } {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return { path: folder.path, keyring: { folder: join(folder.path, 'config/keys') } };
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

/** A key file that anybody could have made, in a folder of its own. */
function keyFile(path: string, name = 'given.key', byte = 7): string {
  const file = join(path, name);
  writeFileSync(file, encodeKeyFile(new Uint8Array(32).fill(byte)), { mode: 0o600 });
  return file;
}

describe('a keyring', () => {
  test('is empty before it is made, and looking makes nothing', async () => {
    const { path, keyring } = place();
    expect(await listKeys(keyring)).toEqual([]);
    expect(readdirSync(path)).toEqual([]);
  });

  test('has keys that are their owner’s alone, one typed line each', async () => {
    const { keyring } = place();
    const made = await createKey(keyring, 'prod');
    const path = join(keyring.folder, 'prod.key');
    expect(made).toEqual({
      name: 'prod',
      path,
      createdAt: statSync(path).mtime.toISOString(),
      fingerprint: expect.stringMatching(/^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/),
    });
    if (HAS_MODES) expect([modeOf(keyring.folder), modeOf(path)]).toEqual(['700', '600']);
    expect(readFileSync(path, 'utf8')).toMatch(KEY_FILE_PATTERN);
    expect((await readKey(keyring, 'prod')).length).toBe(32);
    expect(readdirSync(keyring.folder)).toEqual(['prod.key']);
  });

  test.runIf(HAS_MODES)('asks nothing of the mask for new files', async () => {
    const { keyring } = place();
    const mask = process.umask(0);
    onTestFinished(() => void process.umask(mask));
    const { path } = await createKey(keyring, 'prod');
    expect([modeOf(keyring.folder), modeOf(path)]).toEqual(['700', '600']);
  });

  test('lists its keys by name, and passes over what is none', async () => {
    const { keyring } = place();
    for (const name of ['b', 'a', 'c.2']) await createKey(keyring, name);
    writeFileSync(join(keyring.folder, 'notes.txt'), 'mine');
    writeFileSync(join(keyring.folder, '-x.key'), 'no name');
    expect((await listKeys(keyring)).map(({ name }) => name)).toEqual(['a', 'b', 'c.2']);
    expect((await examineKeyring(keyring)).problems).toEqual([]);
  });

  test('tells of the keys among others that cannot be used, without what is in them', async () => {
    const { keyring } = place();
    await createKey(keyring, 'good');
    const text = readFileSync(join(keyring.folder, 'good.key'), 'utf8');
    const torn = text.slice(0, 60);
    writeFileSync(join(keyring.folder, 'torn.key'), torn, { mode: 0o600 });
    const { keys, problems } = await examineKeyring(keyring);
    expect(keys.map(({ name }) => name)).toEqual(['good']);
    expect(problems).toMatchObject([{ name: 'torn', error: { code: 'damaged' } }]);
    expect(JSON.stringify(problems) + String(problems[0]!.error)).not.toContain(text.slice(25, 40));
  });

  test('never replaces a key, also not one whose name differs in case alone', async () => {
    const { keyring } = place();
    const { fingerprint } = await createKey(keyring, 'prod');
    for (const name of ['prod', 'PROD']) {
      await expectFailure(createKey(keyring, name), {
        code: 'exists',
        names: ['prod'],
        hint: /another name/,
      });
    }
    expect(await listKeys(keyring)).toMatchObject([{ name: 'prod', fingerprint }]);
  });

  test('makes one key when two are made under one name at once', async () => {
    const { keyring } = place();
    const outcomes = await Promise.allSettled([createKey(keyring, 'prod'), createKey(keyring, 'prod')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(readdirSync(keyring.folder)).toEqual(['prod.key']);
  });

  test.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '-x',
    'latest',
    'x.lock',
    'a b',
    'ä',
    'x'.repeat(65),
    'a\0b',
  ])('takes no key of the name %j, and does not repeat it', async (name) => {
    const { path, keyring } = place();
    for (const attempt of [createKey, readKey, removeKey]) {
      const error = await expectFailure(attempt(keyring, name), { code: 'invalid', names: [], hint: /A-Z/ });
      if (name.length > 3) expect(JSON.stringify(error.data) + error.message).not.toContain(name);
    }
    expect(existsSync(join(path, 'x.key'))).toBe(false);
  });
});

describe('a key from a passphrase', () => {
  test('is the same for the same name and passphrase, in any spelling, and another for any other', async () => {
    const [here, there] = [place().keyring, place().keyring];
    const one = await createKey(here, 'prod', { passphrase: 'caf\u00e9 au lait' });
    const two = await createKey(there, 'prod', { passphrase: 'cafe\u0301 au lait' });
    const other = await createKey(there, 'test', { passphrase: 'caf\u00e9 au lait' });
    expect(two.fingerprint).toBe(one.fingerprint);
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });

  test.each([
    '',
    'x'.repeat(1025),
    'half \ud800 a pair',
  ])('is not made from what is none', async (passphrase) => {
    const { keyring } = place();
    const error = await expectFailure(createKey(keyring, 'prod', { passphrase }), {
      code: 'invalid',
      names: [],
    });
    if (passphrase !== '') expect(error.message).not.toContain(passphrase);
    expect(await listKeys(keyring)).toEqual([]);
  });
});

describe('keys come and go', () => {
  test('a key that was exported can be imported elsewhere, under its name or another', async () => {
    const { path, keyring } = place();
    const { fingerprint } = await createKey(keyring, 'prod');
    const file = join(path, 'prod.key');
    await exportKey(keyring, 'prod', file);
    if (HAS_MODES) expect(modeOf(file)).toBe('600');
    const there = place().keyring;
    expect(await importKey(there, file)).toMatchObject({ name: 'prod', fingerprint });
    expect(await importKey(there, file, 'again')).toMatchObject({ name: 'again', fingerprint });
    expect(await readKeyFile(file)).toEqual(await readKey(keyring, 'prod'));
    await expectFailure(importKey(there, file), { code: 'exists', names: ['prod'] });
  });

  test('exporting writes no file that is there, and follows no link', async () => {
    const { path, keyring } = place();
    await createKey(keyring, 'prod');
    writeFileSync(join(path, 'there'), 'mine');
    symlinkSync(join(path, 'elsewhere'), join(path, 'link'));
    for (const name of ['there', 'link']) {
      await expectFailure(exportKey(keyring, 'prod', join(path, name)), { code: 'exists', names: [name] });
    }
    expect(readFileSync(join(path, 'there'), 'utf8')).toBe('mine');
    expect(existsSync(join(path, 'elsewhere'))).toBe(false);
    expect(readdirSync(path).sort()).toEqual(['config', 'link', 'there']);
  });

  test('a key that was removed is gone', async () => {
    const { keyring } = place();
    await createKey(keyring, 'prod');
    await removeKey(keyring, 'prod');
    expect(readdirSync(keyring.folder)).toEqual([]);
    const missing = { code: 'not-found', names: ['prod'] } as const;
    await expectFailure(readKey(keyring, 'prod'), missing);
    await expectFailure(removeKey(keyring, 'prod'), missing);
    await expectFailure(exportKey(keyring, 'prod', join(keyring.folder, 'x')), missing);
  });

  test('a name in another case is not taken for it, and is told', async () => {
    const { keyring } = place();
    await createKey(keyring, 'prod');
    await expectFailure(readKey(keyring, 'Prod'), {
      code: 'not-found',
      names: ['Prod'],
      hint: /did you mean prod/,
    });
  });
});

describe('a file that is imported', () => {
  test('is refused when any letter of it is another, without quoting it', async () => {
    const { path, keyring } = place();
    const text = readFileSync(keyFile(path), 'utf8');
    for (const at of [0, 18, 19, 40, 60, 82]) {
      const changed = text.slice(0, at) + (text[at] === 'B' ? 'C' : 'B') + text.slice(at + 1);
      writeFileSync(join(path, 'given.key'), changed);
      const error = await expectFailure(importKey(keyring, join(path, 'given.key')), {
        code: 'damaged',
        names: ['given.key'],
      });
      const told = JSON.stringify(error) + error.message + error.hint + String(error.cause);
      expect(told).not.toContain(changed.slice(25, 40));
    }
    expect(await listKeys(keyring)).toEqual([]);
  });

  test('is refused when it is empty, or far too large, after a look at its beginning', async () => {
    const { path, keyring } = place();
    writeFileSync(join(path, 'empty.key'), '', { mode: 0o600 });
    writeFileSync(join(path, 'large.key'), Buffer.alloc(5_000_000, 'A'), { mode: 0o600 });
    for (const name of ['empty', 'large']) {
      await expectFailure(importKey(keyring, join(path, `${name}.key`)), { code: 'damaged', names: [name] });
    }
  });

  test('is told when it is not there, or a folder', async () => {
    const { path, keyring } = place();
    await expectFailure(importKey(keyring, join(path, 'no.key')), { code: 'not-found', names: ['no.key'] });
    mkdirSync(join(path, 'folder.key'));
    await expectFailure(importKey(keyring, join(path, 'folder.key')), {
      code: 'refused',
      names: ['folder.key', 'neither a file nor a pipe'],
    });
  });

  test.runIf(HAS_MODES)('may come through a pipe', async () => {
    const { path } = place();
    execFileSync('mkfifo', [join(path, 'pipe')]);
    const writer = spawn('sh', ['-c', `cat ${keyFile(path)} > ${join(path, 'pipe')}`]);
    onTestFinished(() => void writer.kill());
    expect(await readKeyFile(join(path, 'pipe'))).toEqual(new Uint8Array(32).fill(7));
  });
});

describe.runIf(HAS_MODES)('what others can read is refused', () => {
  test.each([0o604, 0o640, 0o620, 0o601, 0o666])('a key with mode %o', async (mode) => {
    const { path, keyring } = place();
    const made = await createKey(keyring, 'prod');
    chmodSync(made.path, mode);
    const refused = { code: 'refused', names: [mode.toString(8)], hint: /chmod 600/ } as const;
    await expectFailure(readKey(keyring, 'prod'), refused);
    await expectFailure(exportKey(keyring, 'prod', join(path, 'out')), refused);
    expect(existsSync(join(path, 'out'))).toBe(false);
    const given = keyFile(path);
    chmodSync(given, mode);
    await expectFailure(readKeyFile(given), refused);
    await expectFailure(importKey(keyring, given), refused);
  });

  test.each([0o750, 0o705, 0o711])('a folder of keys with mode %o', async (mode) => {
    const { keyring } = place();
    await createKey(keyring, 'prod');
    chmodSync(keyring.folder, mode);
    const refused = { code: 'refused', names: [keyring.folder], hint: /chmod 700/ } as const;
    await expectFailure(readKey(keyring, 'prod'), refused);
    await expectFailure(createKey(keyring, 'other'), refused);
    await expectFailure(listKeys(keyring), refused);
    await expectFailure(removeKey(keyring, 'prod'), refused);
  });

  test('a key that is a link, or a pipe, which nobody waits for', async () => {
    const { path, keyring } = place();
    await createKey(keyring, 'prod');
    symlinkSync(keyFile(path), join(keyring.folder, 'link.key'));
    execFileSync('mkfifo', ['-m', '600', join(keyring.folder, 'pipe.key')]);
    mkdirSync(join(keyring.folder, 'folder.key'), { mode: 0o700 });
    for (const name of ['link', 'pipe', 'folder']) {
      await expectFailure(readKey(keyring, name), { code: 'refused', names: [`${name}.key`] });
    }
    expect(await examineKeyring(keyring)).toMatchObject({
      keys: [{ name: 'prod' }],
      problems: [{ name: 'folder' }, { name: 'link' }, { name: 'pipe' }],
    });
  });

  test('a folder of keys that is a link, or no folder', async () => {
    const { path, keyring } = place();
    await createKey(keyring, 'prod');
    renameSync(keyring.folder, join(path, 'real'));
    symlinkSync(join(path, 'real'), keyring.folder);
    await expectFailure(readKey(keyring, 'prod'), { code: 'refused', names: ['symbolic link'] });
    const file = { folder: join(path, 'file') };
    writeFileSync(file.folder, '', { mode: 0o600 });
    await expectFailure(createKey(file, 'prod'), { code: 'refused', names: ['no folder'] });
  });

  test.runIf(IS_ROOT)('a key or a folder of keys that belongs to another user', async () => {
    const { keyring } = place();
    const { path } = await createKey(keyring, 'prod');
    chownSync(path, 12345, 12345);
    await expectFailure(readKey(keyring, 'prod'), { code: 'refused', names: ['12345'] });
    chownSync(path, 0, 0);
    chownSync(keyring.folder, 12345, 12345);
    await expectFailure(readKey(keyring, 'prod'), { code: 'refused', names: ['12345'] });
  });
});

describe('no key is kept where things are shared from', () => {
  /** Places inside which nothing secret may be, made in a folder. */
  const places: readonly (readonly [string, (path: string) => string])[] = [
    [
      'a work tree',
      (path) => {
        gitText(path, 'init', '-q', 'tree');
        return join(path, 'tree');
      },
    ],
    [
      'a linked work tree, whose .git is a file',
      (path) => {
        mkdirSync(join(path, 'linked'));
        writeFileSync(join(path, 'linked/.git'), 'gitdir: /elsewhere\n');
        return join(path, 'linked');
      },
    ],
    [
      'a bare repository',
      (path) => {
        gitText(path, 'init', '-q', '--bare', 'bare.git');
        return join(path, 'bare.git');
      },
    ],
    [
      'a registry',
      (path) => {
        mkdirSync(join(path, 'registry'));
        writeFileSync(join(path, 'registry/registry.json'), '{}');
        return join(path, 'registry');
      },
    ],
  ];

  test.each(places)('not in %s, however deep and not through a link', async (_, make) => {
    const { path, keyring } = place();
    const shared = make(path);
    symlinkSync(shared, join(path, 'way'));
    for (const folder of [join(shared, 'keys'), join(shared, 'a/b/keys'), join(path, 'way/keys')]) {
      const refused = { code: 'refused', names: ['inside the'], hint: /CAIRN_CONFIG/ } as const;
      await expectFailure(createKey({ folder }, 'prod'), refused);
      await expectFailure(listKeys({ folder }), refused);
      expect(existsSync(folder)).toBe(false);
    }
    await createKey(keyring, 'prod');
    const refused = { code: 'refused', names: ['inside the'] } as const;
    await expectFailure(exportKey(keyring, 'prod', join(shared, 'prod.key')), refused);
    expect(existsSync(join(shared, 'prod.key'))).toBe(false);
    await expectFailure(readKeyFile(keyFile(shared)), refused);
    await expectFailure(importKey(keyring, keyFile(shared)), refused);
  });

  test('nor where a repository was made around the keys afterwards', async () => {
    const { path, keyring } = place();
    await createKey(keyring, 'prod');
    gitText(path, 'init', '-q');
    await expectFailure(readKey(keyring, 'prod'), { code: 'refused', names: ['inside the Git work tree'] });
    expect(lstatSync(join(keyring.folder, 'prod.key')).isFile()).toBe(true);
  });
});
