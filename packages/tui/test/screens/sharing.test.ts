import { join } from 'node:path';
import * as core from '@cairn/core';
import { git, gitText, temporaryFolder } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openUi, openWorkplace, type Workplace } from '../support/ui.ts';

let ours: Workplace;
let theirs: Workplace;
let host: ReturnType<typeof temporaryFolder>;
let shared: string;

beforeAll(async () => {
  ours = await openWorkplace();
  theirs = await openWorkplace();
  host = temporaryFolder();
  shared = join(host.path, 'shared.git');
  git(host.path, ['init', '--quiet', '--bare', '-b', 'main', shared]);
  await core.createModel(ours.registry, 'stockpred', { description: 'Next-day prices' });
  await add(ours, 'v1', 'weights');
});

afterAll(() => {
  for (const each of [ours, theirs, host]) each[Symbol.dispose]();
});

async function add(place: Workplace, version: string, weights: string): Promise<void> {
  place.write({ [`${version}/model.bin`]: weights });
  const sources = [{ path: join(place.work, version) }];
  await core.createVersion(place.registry, { model: 'stockpred', version }, { sources });
}

describe('sharing a registry', () => {
  test('that is not shared says how, and pushes to where it is told', async () => {
    await using ui = await openUi(ours, { columns: 120 });
    await ui.press('P');
    expect(ui.screen()).toContain('this registry has no remote');
    await ui.press('esc', 'R');
    expect(ui.screen()).toContain('This registry is not shared');
    await ui.press('n');
    await ui.type('--upload-pack=touch');
    await ui.press('ctrl+s');
    expect(ui.rowsWith('new remote')).not.toHaveLength(0);
    expect(await core.listRemotes(ours.registry)).toEqual([]);
    await ui.press('ctrl+u');
    await ui.type(shared);
    await ui.press('enter', 'enter');
    expect(ui.rowsWith('› stockpred')[0]).toMatch(/not shared +v1/);
    await ui.press('P');
    expect(ui.screen()).toMatch(/sent 1 version.* to origin/);
    expect(ui.rowsWith('› stockpred')[0]).toContain('the same');
    expect(gitText(shared, 'tag')).toContain('stockpred/v1');
  });

  test('brings what others have shared, and shows which alias they moved', async () => {
    await core.addRemote(theirs.registry, 'origin', shared);
    await using ui = await openUi(theirs, { columns: 120 });
    await ui.press('p');
    expect(ui.screen()).toMatch(/brought 1 version.* from origin/);
    expect(ui.rowsWith('› stockpred')).toHaveLength(1);
    await core.setAlias(ours.registry, { model: 'stockpred', alias: 'prod' }, 'v1');
    await core.push(ours.registry);
    await ui.press('enter', 'p', 't');
    expect(ui.screen()).toContain('prod of stockpred: none → v1');
  });

  test('a version of the same name with other content is told, and nothing is written over', async () => {
    await add(ours, 'v2', 'mine');
    await add(theirs, 'v2', 'somebody else’s');
    await core.push(theirs.registry);
    await using ui = await openUi(ours, { columns: 120 });
    await ui.press('p');
    expect(ui.screen()).toContain('1 thing could not be done');
    await ui.press('R');
    expect(ui.rowsWith('› stockpred')[0]).toContain('v2');
    await ui.press('enter');
    expect(ui.screen()).toContain('cairn rename stockpred@v2');
    expect((await core.showVersion(ours.registry, 'stockpred@v2')).size).toBe(4);
  });

  test('a remote that cannot be reached is said, with what was known of it', async () => {
    await core.removeRemote(theirs.registry, 'origin');
    await core.addRemote(theirs.registry, 'origin', join(host.path, 'gone.git'));
    await using ui = await openUi(theirs, { columns: 120 });
    await ui.press('R');
    expect(ui.screen()).toContain('not reached');
    await ui.press('d', 'y');
    expect(await core.listRemotes(theirs.registry)).toEqual([]);
    expect(ui.screen()).toContain('forgot the remote origin');
  });
});
