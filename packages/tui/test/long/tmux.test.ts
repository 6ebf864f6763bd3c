import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@cairn/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasTmux, openTmux, type TmuxSession } from '../support/tmux.ts';
import { openWorkplace, type Workplace } from '../support/ui.ts';

/** The built program in a real terminal, driven by keys and read from the screen. */

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
  place.write({
    'out/model.bin': 'weights of a model',
    'out/config.json': '{}',
    'tok/vocab.txt': 'one two',
    'wide/日本語.txt': 'a',
    'wide/🎉 party.txt': 'b',
    'wide/plain.txt': 'c',
  });
  mkdirSync(join(place.work, 'registry'), { recursive: true });
});

afterAll(() => place[Symbol.dispose]());

const open = (variables: Record<string, string> = {}, size = {}) =>
  openTmux({
    cwd: place.work,
    variables: { CAIRN_REGISTRY: place.registry.path, TERM: 'screen-256color', ...variables },
    ...size,
  });

async function openScreens(session: TmuxSession): Promise<void> {
  session.type('cairn');
  session.keys('Enter');
  await session.shows(/\d models?/);
}

describe.runIf(hasTmux)('in a real terminal', () => {
  test('a model and a version are made, verified, compared and deleted, with a resize in between', async () => {
    await using session = await open();
    await openScreens(session);
    session.type('n');
    await session.shows('letters, digits');
    session.type('stockpred');
    session.keys('C-s');
    await session.shows('This model has no versions yet.');
    for (const version of ['v1', 'v2']) {
      session.type('n');
      await session.shows(`version       ${version}`);
      session.keys('Tab');
      await session.shows('picks some');
      session.type('a');
      await session.shows('[ ] out/');
      session.type(' ');
      await session.shows('[x] out/');
      session.type('i');
      await session.shows('2 files, 20 B');
      if (version === 'v1') session.resize(60, 15);
      else session.resize(110, 30);
      await session.shows('[Files ✓]');
      if (version === 'v2') {
        session.type('a');
        await session.shows('[ ] tok/');
        session.keys('Down', 'Down');
        session.type(' ');
        await session.shows('ticked: 1 folder');
        session.type('i');
        await session.shows('3 files, 27 B');
      }
      session.keys('Tab');
      await session.shows('what is new in it');
      session.keys('Tab');
      await session.shows('makes it');
      session.keys('Enter');
      await session.shows(`added stockpred@${version}`);
      session.keys('Escape');
      await session.shows(version === 'v1' ? '› v1' : '[Versions 2]');
    }
    session.keys('Home');
    await session.shows('› v2');
    session.type('v');
    await session.shows('✓ verified stockpred@v2');
    session.type('c');
    await session.shows('v1 → v2');
    await session.shows('tok/vocab.txt');
    session.keys('Escape');
    await session.shows('› v2');
    session.type('d');
    await session.shows('Delete stockpred@v2?');
    await session.shows('come free');
    session.type('y');
    await session.shows('✓ deleted stockpred@v2');
    session.type('q');
    await session.shows(/^\$ ?$/m);
    expect(session.isAlternate()).toBe(false);
    expect((await core.listVersions(place.registry, 'stockpred')).map(({ version }) => version)).toEqual([
      'v1',
    ]);
  });

  test('Ctrl-Z leads to the shell, and fg back', async () => {
    await using session = await open();
    await openScreens(session);
    session.keys('C-z');
    await session.shows(/Stopped/i);
    expect(session.isAlternate()).toBe(false);
    session.type('echo in the shell');
    session.keys('Enter');
    await session.shows(/^in the shell$/m);
    session.type('fg');
    session.keys('Enter');
    await session.shows('? help');
    expect(session.isAlternate()).toBe(true);
    session.type('n');
    await session.shows('new model');
    session.keys('C-c');
    await session.shows('$ ');
  });

  test.each(['TERM', 'INT', 'HUP'])('SIG%s gives the terminal back as it was', async (signal) => {
    await using session = await open();
    session.type(
      `sh -c 'echo $$ > ${place.work}/pid; exec "$0" "$@"' '${process.execPath}' '${programPath()}'`,
    );
    session.keys('Enter');
    await session.shows('? help');
    const pid = Number(readFileSync(join(place.work, 'pid'), 'utf8'));
    process.kill(pid, `SIG${signal}`);
    await session.shows(/\$ $|\$$/);
    expect(session.isAlternate()).toBe(false);
    session.type('stty -a | tr ";" "\\n" | grep -c -- "-icanon"; echo done');
    session.keys('Enter');
    await session.shows(/^0\ndone$/m);
  });

  test('columns line up, whatever characters stand in them', async () => {
    const { registry } = place;
    await core.createModel(registry, 'wide');
    await core.createVersion(
      registry,
      { model: 'wide', version: 'v1' },
      { sources: [{ path: join(place.work, 'wide') }] },
    );
    await using session = await open();
    await openScreens(session);
    session.type('/');
    session.type('wide');
    session.keys('Enter', 'Enter');
    await session.shows('› v1');
    session.keys('Enter');
    await session.shows('plain.txt');
    const rows = session
      .screen()
      .split('\n')
      .filter((row) => row.includes('.txt'));
    expect(rows.map(columns)).toEqual([80, 80, 80]);
  });

  test('where no screen can be shown, cairn lists and cairn tui says why', async () => {
    await using session = await open();
    session.type('export TERM=dumb; clear; cairn; cairn tui');
    session.keys('Enter');
    await session.shows('TERM is dumb');
    expect(session.screen()).toContain('MODEL');
    session.type('cairn tui | cat');
    session.keys('Enter');
    await session.shows('standard output is none');
  });

  test('a version that is being made when the program is killed leaves nothing behind', async () => {
    writeFileSync(join(place.work, 'huge.bin'), '');
    truncateSync(join(place.work, 'huge.bin'), 400 * 2 ** 20);
    await core.createModel(place.registry, 'killed');
    await using session = await open();
    session.type(
      `sh -c 'echo $$ > ${place.work}/pid; exec "$0" "$@"' '${process.execPath}' '${programPath()}'`,
    );
    session.keys('Enter');
    await session.shows(/\d models?/);
    session.type('/');
    session.type('killed');
    session.keys('Enter', 'Enter');
    await session.shows('This model has no versions yet.');
    session.type('n');
    await session.shows('version       v1');
    session.keys('Tab');
    await session.shows('picks some');
    session.type('a');
    await session.shows('huge.bin');
    session.type('/');
    session.type('huge');
    session.keys('Enter');
    session.type(' ');
    await session.shows('[x] huge.bin');
    session.type('i');
    await session.shows('1 file, 400 MiB');
    session.keys('Tab', 'Tab');
    await session.shows('makes it');
    session.keys('Enter');
    await session.shows(/adding killed@v1/);
    process.kill(Number(readFileSync(join(place.work, 'pid'), 'utf8')), 'SIGKILL');
    await session.shows(/Killed/);
    expect(await core.listVersions(place.registry, 'killed')).toEqual([]);
    await core.collectGarbage(place.registry);
    expect((await core.verifyModel(place.registry, 'killed')).every(({ ok }) => ok)).toBe(true);
  });
});

function programPath(): string {
  return join(import.meta.dirname, '../../../cli/bin/cairn.js');
}

/** Columns that a row takes up to its last character: wide characters take two. */
function columns(row: string): number {
  return [...row].reduce(
    (sum, character) => sum + (/[\u1100-\u115f\u2e80-\uffdc\u{1f300}-\u{1faff}]/u.test(character) ? 2 : 1),
    0,
  );
}
