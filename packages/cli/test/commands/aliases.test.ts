import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
  writeFileSync(join(workshop.path, 'two.txt'), 'two');
  await workshop.json('add', 'stockpred@v2', join(workshop.path, 'two.txt'), '-m', 'Second');
});

afterAll(() => workshop[Symbol.dispose]());

const gitDir = () => join(workshop.registry, 'models/stockpred.git');

describe('aliases on the command line', () => {
  test('are set, moved, listed, shown and used', async () => {
    expect(await workshop.run(['alias', 'set', 'stockpred', 'prod', 'v1', '-m', 'first'])).toMatchObject({
      code: 0,
      out: '',
      err: 'stockpred@prod is v1\n',
    });
    expect((await workshop.run(['alias', 'set', 'stockpred', 'prod', 'latest'])).err).toBe(
      'stockpred@prod is v2, and was v1\n',
    );
    expect((await workshop.run(['alias', 'set', 'stockpred', 'prod', 'v2'])).err).toBe(
      'stockpred@prod is v2 already\n',
    );
    expect(await workshop.json('alias', 'ls')).toMatchObject([
      {
        model: 'stockpred',
        alias: 'prod',
        version: 'v2',
        protected: false,
        missing: false,
        by: { name: 'Ann' },
      },
    ]);
    expect(await workshop.json('ls')).toMatchObject([{ name: 'stockpred', aliases: { prod: 'v2' } }]);
    expect((await workshop.run(['ls'])).out).toMatch(/ALIASES .*\n.*prod=v2/);
    expect((await workshop.run(['cat', 'stockpred@prod:two.txt'])).out).toBe('two');
    expect((await workshop.run(['show', 'stockpred@prod'])).out).toMatch(/^stockpred@v2 {2}\(latest, prod\)/);
    for (const words of [
      ['get', 'stockpred@prod', join(workshop.path, 'taken')],
      ['verify', 'stockpred@prod'],
      ['edit', 'stockpred@prod', '-d', 'In production'],
    ]) {
      expect(await workshop.run(words)).toMatchObject({ code: 0 });
    }
  });

  test('are rolled back, and their history tells it all', async () => {
    const rolled = await workshop.run(['rollback', 'stockpred', 'prod', '-m', 'Too slow']);
    expect(rolled).toMatchObject({ code: 0, err: 'stockpred@prod is v1 again, and was v2\n' });
    const { out } = await workshop.run(['history', 'stockpred', '--alias', 'prod']);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d +/, ''));
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^Ann +rolled prod back from v2 to v1 +Too slow$/),
      expect.stringMatching(/^Ann +moved prod from v1 to v2$/),
      expect.stringMatching(/^Ann +set prod to v1 +first$/),
    ]);
    expect(await workshop.json('history', 'stockpred')).toMatchObject([
      { kind: 'alias-moved', to: 'v1', isRollback: true, reason: 'Too slow' },
      { kind: 'version-described', version: 'v2' },
      { kind: 'alias-moved' },
      { kind: 'alias-moved' },
      { kind: 'version-added', version: 'v2', commit: null, subject: 'Second' },
      { kind: 'version-added', version: 'v1' },
      { kind: 'model-created' },
    ]);
    expect(await workshop.run(['rollback', 'stockpred', 'prod'])).toMatchObject({ code: 4 });
  });

  test('are told as they were on a day', async () => {
    expect(await workshop.json('history', 'stockpred', '--at', '2020-02-29')).toEqual([]);
    expect(await workshop.json('history', 'stockpred', '--at', '2999-01-01')).toMatchObject([
      { alias: 'prod', version: 'v1', reason: 'Too slow' },
    ]);
    expect((await workshop.run(['history', 'stockpred', '--at', '2999-01-01T00:00:00Z'])).out).toMatch(
      /prod +v1/,
    );
    for (const day of ['2021-02-29', 'yesterday', '2026-13-01', '2026-01-01T25:00']) {
      expect(await workshop.run(['history', 'stockpred', '--at', day])).toMatchObject({ code: 2 });
    }
  });

  test('that are protected need force and a reason', async () => {
    expect((await workshop.run(['alias', 'protect', 'stockpred', 'prod'])).err).toBe(
      'stockpred@prod is protected\n',
    );
    expect((await workshop.run(['show', 'stockpred'])).out).toContain('prod is v1, protected');
    const move = ['alias', 'set', 'stockpred', 'prod', 'v2'];
    expect(await workshop.run(move)).toMatchObject({
      code: 4,
      err: expect.stringContaining('--force and -m'),
    });
    expect(await workshop.run([...move, '--force'])).toMatchObject({ code: 4 });
    expect(await workshop.run([...move, '--force', '-m', 'Incident'])).toMatchObject({ code: 0 });
    expect(await workshop.run(['rm', 'stockpred', '--yes'])).toMatchObject({ code: 4 });
    expect((await workshop.run(['alias', 'unprotect', 'stockpred', 'prod'])).err).toBe(
      'stockpred@prod is no longer protected\n',
    );
  });

  test('go, and with --force so does the version', async () => {
    expect(await workshop.run(['rm', 'stockpred@v2', '--yes'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('--force'),
    });
    await workshop.json('rm', 'stockpred@v2', '--yes', '--force', '-m', 'Wrong data');
    expect(await workshop.json('alias', 'ls', 'stockpred')).toEqual([]);
    expect((await workshop.run(['history', 'stockpred'])).out).toMatch(/removed v2 +Wrong data/);
    expect((await workshop.run(['alias', 'rm', 'stockpred', 'prod'])).code).toBe(3);
  });

  test('cannot hide anything in a terminal, whatever their history says', async () => {
    const evil = 'ev\u001b[2Jil \u202e\n\n\u001b]0;title\u0007why';
    const tree = gitText(gitDir(), 'rev-parse', 'main^{tree}');
    const commit = git(gitDir(), ['commit-tree', tree, '-p', 'main'], evil).toString().trim();
    git(gitDir(), ['update-ref', 'refs/heads/main', commit]);
    for (const words of [
      ['history', 'stockpred'],
      ['history', 'stockpred', '--json'],
    ]) {
      const { out } = await workshop.run(words);
      expect(out).toContain('il');
      for (const character of ['\u001b', '\u202e', '\u0007']) expect(out).not.toContain(character);
    }
  });
});
