import { join } from 'node:path';
import * as core from '@cairn/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openUi, openWorkplace, type Workplace } from '../support/ui.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
  place.write({ 'out/model.bin': 'weights' });
  const source = { path: join(place.work, 'out') };
  await core.createModel(place.registry, 'stockpred', { description: 'Next-day prices' });
  for (const version of ['v1', 'v2'])
    await core.createVersion(place.registry, { model: 'stockpred', version }, { sources: [source] });
});

afterAll(() => place[Symbol.dispose]());

const standsFor = async (alias: string) =>
  (await core.listAliases(place.registry, 'stockpred')).find((each) => each.alias === alias)?.version;

describe('an alias', () => {
  test('is set, and seen at its version', async () => {
    await using ui = await openUi(place);
    await ui.press('enter', 'down', 'a');
    expect(ui.screen()).toContain('Which alias is to stand for stockpred@v1?');
    await ui.type('prod');
    await ui.press('enter');
    await ui.type('Beats the baseline');
    await ui.press('ctrl+s');
    expect(ui.screen()).toContain('prod of stockpred stands for v1');
    expect(ui.rowsWith('› v1')[0]).toContain('prod');
    expect(await standsFor('prod')).toBe('v1');
  });

  test('that cannot be one is refused where it is typed', async () => {
    await using ui = await openUi(place);
    await ui.press('enter', 'a');
    await ui.type('not a name');
    expect(ui.screen()).toContain('use 1 to 64 of');
    await ui.press('ctrl+u');
    await ui.type('v2');
    await ui.press('ctrl+s');
    expect(ui.screen()).toContain('it has a version v2');
    expect(await standsFor('v2')).toBeUndefined();
  });

  test('that is protected is moved by whoever types its name again and says why', async () => {
    await core.protectAlias(place.registry, { model: 'stockpred', alias: 'prod' });
    await using ui = await openUi(place);
    await ui.press('enter', 'enter', 'a');
    await ui.type('prod');
    await ui.press('enter');
    await ui.type('Half the error');
    await ui.press('ctrl+s');
    expect(ui.screen()).toContain('prod of stockpred is protected');
    expect(await standsFor('prod')).toBe('v1');
    await ui.press('enter');
    await ui.type('prod');
    await ui.press('enter');
    expect(ui.screen()).toContain('prod of stockpred moved from v1 to v2');
    expect(await standsFor('prod')).toBe('v2');
  });
});

describe('the history of a model', () => {
  test('says what happened, who did it and why, and rolls an alias back', async () => {
    await core.protectAlias(place.registry, { model: 'stockpred', alias: 'prod' }, { protect: false });
    await using ui = await openUi(place, { columns: 120 });
    await ui.press('enter', 'H');
    expect(ui.rowsWith('alias prod moved from v1 to v2')[0]).toContain('Half the error');
    expect(ui.rowsWith('alias prod set to v1')[0]).toContain('Beats the baseline');
    expect(ui.rowsWith('version v2 added')[0]).toContain('Ada');
    expect(ui.rowsWith('model made')).toHaveLength(1);
    await ui.press('b');
    await ui.type('Wrong data');
    await ui.press('ctrl+s');
    expect(ui.screen()).toContain('prod of stockpred moved from v2 to v1');
    expect(ui.rowsWith('alias prod rolled back from v2 to v1')[0]).toContain('Wrong data');
    expect(await standsFor('prod')).toBe('v1');
  });

  test('of what is no alias nothing is rolled back', async () => {
    await using ui = await openUi(place);
    await ui.press('enter', 'H', 'end', 'b');
    expect(ui.screen()).toContain('select what happened to an alias');
  });
});
