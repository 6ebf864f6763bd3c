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
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCommand } from '../../src/commands/table.ts';
import type { FakeWorldOptions } from '../support/fake-world.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});

afterAll(() => workshop[Symbol.dispose]());

/** Runs a command line of words without spaces. */
function run(line: string, options?: FakeWorldOptions) {
  return workshop.run(line.split(' '), options);
}

async function json(line: string): Promise<Record<string, unknown>> {
  return (await workshop.json(...line.split(' '))) as Record<string, unknown>;
}

async function documentedFields(name: string, shape = 0): Promise<string[]> {
  const command = await loadCommand(name);
  return Object.keys(command!.json![shape]!.shape.fields).sort();
}

const keys = () => join(workshop.path, 'config', 'keys');

/** A small package as the sources of a version, and a version that is sealed. */
async function seal(reference: string, ...options: string[]) {
  const folder = join(workshop.path, 'package');
  mkdirSync(join(folder, 'models'), { recursive: true });
  mkdirSync(join(folder, 'hooks'), { recursive: true });
  writeFileSync(join(folder, 'models', 'weights.bin'), 'rosebud');
  for (const hook of ['load', 'predict'])
    writeFileSync(join(folder, 'hooks', `${hook}.py`), `def ${hook}(**k): pass\n`);
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({ models: [{ name: 'net', version: '1', framework: 'pytorch' }] }),
  );
  const words = ['add', reference, folder, '--create', '--type', 'packaged-encrypted', ...options];
  const result = await workshop.run(words);
  expect(result.err).toContain(`added ${reference}`);
  return result;
}

describe('keys of one’s own', () => {
  test('are made, listed, shown, copied, taken in and removed', async () => {
    const made = await run('key new prod');
    expect(made).toMatchObject({ code: 0, out: '' });
    expect(made.err).toMatch(/^made the key prod, [0-9a-f]{4}(-[0-9a-f]{4}){3}\n/);
    expect(made.err).toContain(join(keys(), 'prod.key'));
    expect(made.err).toContain('keep a copy in a safe place');
    const [, fingerprint = ''] = /prod, (\S+)/.exec(made.err)!;
    expect((await run('key ls')).out).toMatch(
      new RegExp(`^KEY +FINGERPRINT +MADE\nprod +${fingerprint} +just now\n$`),
    );
    const shown = (await run('key show prod')).out;
    for (const part of ['prod', fingerprint, join(keys(), 'prod.key')]) expect(shown).toContain(part);
    const copy = join(workshop.path, 'copy.key');
    const exported = await run(`key export prod ${copy}`);
    expect(exported.err).toContain(`copied the key prod into ${copy}`);
    if (process.platform !== 'win32') expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(await run(`key import ${copy}`)).toMatchObject({
      code: 0,
      err: `took in the key copy, ${fingerprint}\n`,
    });
    expect(await run('key rm copy --yes')).toMatchObject({ code: 0, err: 'removed the key copy\n' });
    expect(readdirSync(keys())).toEqual(['prod.key']);
    const secret = readFileSync(copy, 'utf8').trim();
    const all = [made, exported, await run('key ls --json'), await run('key show prod --json')];
    expect(JSON.stringify(all)).not.toContain(secret.slice(19, 40));
  });

  test('print their fields as documented', async () => {
    for (const [line, name] of [
      ['key new fields', 'key new'],
      ['key ls', 'key ls'],
      ['key show fields', 'key show'],
      [`key export fields ${join(workshop.path, 'fields.key')}`, 'key export'],
      [`key import ${join(workshop.path, 'fields.key')} again`, 'key import'],
      ['key rm again --yes', 'key rm'],
    ] as const) {
      const value = await json(line);
      const one = Array.isArray(value) ? value[0] : value;
      expect(Object.keys(one).sort()).toEqual(await documentedFields(name));
    }
  });

  test('none are listed where there are none', async () => {
    const variables = { CAIRN_CONFIG: join(workshop.path, 'nothing') };
    const { code, out, err } = await run('key ls', { variables });
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain('cairn key new <name>');
    expect(existsSync(variables.CAIRN_CONFIG)).toBe(false);
  });

  test('that cannot be used are listed with the reason, and give the exit code', async () => {
    const folder = join(workshop.path, 'broken', 'keys');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'torn.key'), 'CAIRN-SECRET-KEY-1-', { mode: 0o600 });
    const variables = { CAIRN_CONFIG: join(workshop.path, 'broken') };
    const listed = await run('key ls --json', { variables });
    expect(listed.code).toBe(4);
    expect(JSON.parse(listed.out)).toMatchObject([
      { name: 'torn', fingerprint: null, problem: { code: 'damaged' } },
    ]);
    expect((await run('key ls', { variables })).out).toContain('cannot be used');
    expect(await run('key rm torn --yes', { variables })).toMatchObject({ code: 0 });
  });

  test('are not removed without a yes', async () => {
    await run('key new asked');
    expect(await run('key rm asked')).toMatchObject({
      code: 4,
      err: expect.stringContaining('cairn key export asked'),
    });
    const refused = await run('key rm asked', { answers: [''] });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('nothing was removed') });
    expect(refused.err).toContain('nobody opens what is sealed with it alone [y/N] ');
    expect(await run('key rm asked', { answers: ['y'] })).toMatchObject({ code: 0 });
    expect(await run('key rm asked', { answers: ['y'] })).toMatchObject({ code: 3 });
  });

  test('are in no registry, whatever folder is named', async () => {
    const variables = { CAIRN_CONFIG: join(workshop.registry, 'config') };
    expect(await run('key new inside', { variables })).toMatchObject({
      code: 4,
      err: expect.stringContaining('inside the registry'),
    });
    expect(existsSync(variables.CAIRN_CONFIG)).toBe(false);
    expect((await run('key new here')).code).toBe(0);
    expect(await run('key export here copy.key')).toMatchObject({ code: 4 });
    expect(existsSync(join(workshop.registry, 'copy.key'))).toBe(false);
  });

  test.skipIf(process.platform === 'win32')('are refused once others can read them', async () => {
    await run('key new open');
    chmodSync(join(keys(), 'open.key'), 0o644);
    expect(await run('key show open')).toMatchObject({ code: 4, err: expect.stringContaining('chmod 600') });
    await run('key rm open --yes');
  });
});

describe('a key from a passphrase', () => {
  test('is the same from the terminal, a file and the variable', async () => {
    writeFileSync(join(workshop.path, 'secret'), 'caf\u00e9\n');
    const fingerprints: unknown[] = [];
    for (const [folder, words, options] of [
      ['a', '--passphrase', { secrets: ['cafe\u0301', 'caf\u00e9'] }],
      ['b', '--passphrase-file ../secret', {}],
      ['c', '--passphrase', { variables: { CAIRN_PASSPHRASE: 'caf\u00e9' } }],
    ] as const) {
      const variables = {
        CAIRN_CONFIG: join(workshop.path, folder),
        ...('variables' in options && options.variables),
      };
      const { code, out, err } = await run(`key new shared ${words} --json`, { ...options, variables });
      expect(code).toBe(0);
      expect(err).not.toContain('caf');
      fingerprints.push(JSON.parse(out).fingerprint);
    }
    expect(new Set(fingerprints).size).toBe(1);
  });

  test('asks nobody where nobody is', async () => {
    expect(await run('key new nobody --passphrase')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--passphrase-file'),
    });
  });
});

describe('what opens a model', () => {
  test('is shown, granted and revoked', async () => {
    await run('key new other');
    const { err } = await seal('net@v1');
    expect(err).toMatch(/made a key for net/);
    const first = (await run('key access net')).out;
    expect(first).toMatch(
      /^key domain [\w-]{8} {2}\(for new versions\)\n1 version: v1\nSLOT +OPENS WITH +YOUR KEY\n +1 +key +net-[0-9a-f]{8}\n$/,
    );
    expect(await run('key grant net --to-key other')).toMatchObject({
      code: 0,
      err: expect.stringContaining('other opens net now\n'),
    });
    expect((await run('key access net')).out).toMatch(/\n +2 +key +other\n$/);
    const [before] = (await json('key access net')) as unknown as { slots: object[]; keyDomain: string }[];
    expect(Object.keys(before!).sort()).toEqual(await documentedFields('key access'));
    expect(Object.keys(before!.slots[0]!).sort()).toEqual(await documentedFields('key access', 1));
    const again = await run('key grant net --to-key other');
    expect(again).toMatchObject({ code: 4, err: expect.stringContaining('opens net already') });
    const revoked = await run('key revoke net --slot 1 --key other');
    expect(revoked).toMatchObject({ code: 0, err: expect.stringContaining('this is no revocation') });
    expect(revoked.err).toContain('cairn key rotate net');
    const last = await run('key revoke net --from-key other --json');
    expect(last).toMatchObject({ code: 2 });
    expect(JSON.parse(last.err).error).toMatchObject({ code: 'invalid' });
  });

  test('is nothing where nothing is sealed', async () => {
    expect(await run('key access stockpred')).toMatchObject({
      code: 0,
      out: '',
      err: 'nothing of stockpred is sealed\n',
    });
    expect(await run('key access nothing')).toMatchObject({ code: 3 });
  });

  test('may be a passphrase, which is asked for twice to grant it and once to open with it', async () => {
    await run('key new mine');
    await seal('both@v1', '--key', 'mine');
    const granted = await run('key grant both --to-passphrase --json', {
      secrets: ['caf\u00e9', 'caf\u00e9'],
    });
    expect(granted.code).toBe(0);
    expect(Object.keys(JSON.parse(granted.out)).sort()).toEqual(await documentedFields('key grant'));
    expect((await run('key access both')).out).toContain('passphrase, 256 MiB a guess');
    const variables = { CAIRN_CONFIG: join(workshop.path, 'nobody') };
    const opened = await run(`get both@v1 ${join(workshop.path, 'opened')}`, {
      variables,
      secrets: ['caf\u00e9'],
    });
    expect(opened).toMatchObject({ code: 0, err: expect.stringContaining('passphrase: ') });
    expect(readFileSync(join(workshop.path, 'opened/models/weights.bin'), 'utf8')).toBe('rosebud');
    expect(await run('key revoke both --from-passphrase', { secrets: ['wrong'] })).toMatchObject({ code: 3 });
    expect(await run('key revoke both --from-passphrase', { secrets: ['caf\u00e9'] })).toMatchObject({
      code: 0,
    });
    const wrong = await run('get both@v1 ../never', { variables, secrets: ['caf\u00e9'] });
    expect(wrong).toMatchObject({ code: 4 });
    expect(existsSync(join(workshop.path, 'never'))).toBe(false);
  });

  test.each([
    'key grant net',
    'key grant net --to-key a --to-key-file b',
    'key grant net --to-key prod --to-passphrase',
    'key revoke net',
    'key revoke net --slot 1 --from-key a',
    'key revoke net --slot 0',
    'key revoke net --slot x',
    'key revoke net --from-passphrase',
    'key rotate net --key a --encrypt auto',
    'key rotate net --old-key a --old-key-file b',
  ])('%s is used wrongly', async (line) => {
    expect(await run(line)).toMatchObject({ code: 2, out: '' });
  });
});

describe('a new data key', () => {
  test('is for the versions to come, with a key of its own', async () => {
    await run('key new turned');
    await seal('turned@v1', '--key', 'turned');
    const rotated = await run('key rotate turned --json');
    expect(rotated.code).toBe(0);
    const rotation = JSON.parse(rotated.out);
    expect(Object.keys(rotation).sort()).toEqual(await documentedFields('key rotate'));
    expect(rotation).toMatchObject({
      model: 'turned',
      newKey: { name: expect.stringMatching(/^turned-/) },
      resealed: [],
    });
    await seal('turned@v2');
    const domains = (await json('key access turned')) as unknown as {
      versions: string[];
      current: boolean;
    }[];
    expect(domains.map(({ versions, current }) => [versions, current])).toEqual([
      [['v2'], true],
      [['v1'], false],
    ]);
  });

  test('can be that of a named key, and of the versions that are there', async () => {
    await run('key new old');
    await run('key new fresh');
    await seal('sealed@v1', '--key', 'old');
    const rotated = await run('key rotate sealed --key fresh --reseal --old-key old');
    expect(rotated).toMatchObject({ code: 0, err: expect.stringContaining('1 version sealed anew') });
    expect(await run('verify sealed@v1 --key fresh')).toMatchObject({ code: 0 });
    expect(await run('verify sealed@v1 --key old')).toMatchObject({ code: 4 });
  });
});
