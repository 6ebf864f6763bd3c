import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { git, gitText } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

const VARIABLES = {
  PATH: process.env.PATH ?? '',
  HOME: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
};

let workshop: Workshop;
let lazy: string;
let origin: string;

beforeAll(async () => {
  workshop = await openWorkshop();
  lazy = join(workshop.path, 'lazy');
  origin = join(workshop.registry, 'models', 'stockpred.git');
  await workshop.run(['init', lazy]);
  mkdirSync(join(lazy, 'models'), { recursive: true });
  const options = ['--bare', '--quiet', '--filter=blob:limit=64k'];
  git(lazy, ['clone', ...options, pathToFileURL(origin).href, join(lazy, 'models', 'stockpred.git')]);
  gitText(join(lazy, 'models', 'stockpred.git'), 'config', 'repack.writeBitmaps', 'false');
});

afterAll(() => workshop[Symbol.dispose]());

function run(...words: string[]) {
  return workshop.run(words, { workingFolder: lazy, variables: VARIABLES });
}

describe('in a lazy clone', () => {
  test('show says which files are here, and fetch-files how much would come', async () => {
    const shown = await run('show', 'stockpred@v1');
    expect(shown.out).toMatch(/FILE +SIZE +HERE +SHA-256/);
    expect(shown.out).toMatch(/weights\.bin +3\.0 MiB +none/);
    expect(shown.out).toMatch(/config\.json +14 B +all/);
    const planned = await run('fetch-files', 'stockpred@v1', '--dry-run');
    expect(planned).toMatchObject({ code: 0, err: '' });
    expect(planned.out).toMatch(
      /^stockpred@v1: would fetch 3\.0 MiB in \d+ parts of 3 files; 24 B here already\n$/,
    );
  });

  test('fetch-files brings them, gc --fetched drops them, and both say how much', async () => {
    const fetched = await run('fetch-files', 'stockpred@v1:weights.bin');
    expect(fetched.err).toMatch(/fetched 3\.0 MiB in \d+ parts of 1 file/);
    expect((await run('fetch-files', 'stockpred')).err).toMatch(/3 files, all here already/);
    expect((await run('show', 'stockpred@v1')).out).not.toMatch(/HERE/);
    const { present } = JSON.parse((await run('show', 'stockpred@v1:weights.bin', '--json')).out);
    expect(present).toBe(workshop.weights.length);
    const planned = JSON.parse((await run('gc', '--fetched', '--dry-run', '--json')).out);
    expect(planned).toMatchObject({ dryRun: true, models: [{ model: 'stockpred' }] });
    expect(planned.freed).toBeGreaterThan(workshop.weights.length);
    expect((await run('gc', '--fetched')).err).toMatch(/^freed 3\.\d MiB in 1 model/);
    expect((await run('gc', '--fetched', '--grace', '1h')).code).toBe(2);
  });

  test('cat fetches what it writes, and says what is the matter when it cannot', async () => {
    const written = await run('cat', 'stockpred@v1:weights.bin');
    expect(Buffer.from(written.out, 'latin1').equals(workshop.weights)).toBe(true);
    await run('gc', '--fetched');
    renameSync(origin, `${origin}-away`);
    const failed = await run('get', 'stockpred@v1', join(workshop.path, 'never'));
    renameSync(`${origin}-away`, origin);
    expect(failed.code).toBe(1);
    expect(failed.err).toMatch(/stockpred@v1 is not all here: this lazy clone lacks \d+ parts of it/);
  });
});

describe('a bundle', () => {
  test('is written from one registry and taken over by another', async () => {
    const file = join(workshop.path, 'stockpred.bundle');
    const made = await run('bundle', 'create', 'stockpred', file);
    expect(made.err).toMatch(/^wrote 1 model with 1 version into .*stockpred\.bundle, 3\.\d MiB/);
    expect((await run('bundle', 'create', 'stockpred', file)).code).toBe(4);
    const other = join(workshop.path, 'other');
    await workshop.run(['init', other]);
    const there = (...words: string[]) => workshop.run(words, { workingFolder: other, variables: VARIABLES });
    const imported = await there('bundle', 'import', file);
    expect(imported).toMatchObject({ code: 0, out: '' });
    expect(imported.err).toMatch(
      /took over from .*stockpred\.bundle\n {2}stockpred: v1 and the model itself/,
    );
    expect((await there('bundle', 'import', file)).err).toMatch(/^nothing new in /);
    await there('get', 'stockpred@v1', join(other, 'out'));
    expect(readFileSync(join(other, 'out', 'weights.bin')).equals(Buffer.from(workshop.weights))).toBe(true);
    expect((await there('bundle', 'import', join(other, 'nothing'))).code).toBe(3);
  });

  test('takes at least a reference and a file', async () => {
    expect((await run('bundle', 'create', 'stockpred')).err).toMatch(/needs <file>/);
    expect((await run('bundle', 'create')).err).toMatch(/needs <ref>/);
  });
});
