import { join } from 'node:path';
import * as core from '@cairn/core';
import { recordedStore } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openUi, openWorkplace, type UiOptions, type Workplace } from '../support/ui.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
  await core.createModel(place.registry, 'house', { description: 'Prices of houses' });
});

afterAll(() => place[Symbol.dispose]());

/** Screens that find what MLflow and BentoML have left behind. */
function openWithStores(options: UiOptions = {}) {
  const variables = {
    MLFLOW_TRACKING_URI: join(recordedStore('mlflow-2-file'), 'mlruns'),
    BENTOML_HOME: join(recordedStore('bentoml'), 'home'),
  };
  return openUi(place, { columns: 120, rows: 40, ...options, variables });
}

describe('registering a version', () => {
  test('from a run of MLflow, picked from a list that can be searched', async () => {
    await using ui = await openWithStores();
    await ui.press('enter', 'i');
    const runs = ui.rowsWith('finished');
    expect(runs.length).toBeGreaterThan(0);
    expect(ui.rowsWith('failed')).not.toHaveLength(0);
    await ui.press('/');
    await ui.type('finished model');
    await ui.press('enter', 'enter');
    expect(ui.rowsWith('version       v1')).toHaveLength(1);
    await ui.press('tab');
    expect(ui.screen()).toMatch(/\d+ files, .* KiB/);
    await ui.press('tab', 'tab');
    expect(ui.screen()).toContain('↵ makes it');
    await ui.press('enter');
    expect(ui.screen()).toContain('added house@v1');
    const { sources, metrics, params } = await core.showVersion(place.registry, 'house@v1');
    expect(sources).toMatchObject([{ kind: 'mlflow-run' }]);
    expect(Object.keys(metrics).length).toBeGreaterThan(0);
    expect(Object.keys(params).length).toBeGreaterThan(0);
  });

  test('from a model of BentoML, beside a folder', async () => {
    place.write({ 'notes/README.md': 'notes' });
    await using ui = await openWithStores();
    await ui.press('enter', 'n', 'tab', 'a', 'space', 'i', 'i');
    await ui.press('/');
    await ui.type('house_price_service');
    await ui.press('enter', 'enter');
    await ui.press('tab', 'tab', 'enter');
    expect(ui.screen()).toContain('added house@v2');
    const { sources } = await core.showVersion(place.registry, 'house@v2');
    expect(sources.map(({ kind }) => kind)).toEqual(['folder', 'bento']);
  });

  test('where there is nothing to register from, says where it was looked for', async () => {
    const variables = { BENTOML_HOME: join(place.work, 'none') };
    await using ui = await openUi(place, { variables });
    await ui.press('enter', 'i');
    expect(ui.screen()).toContain('No runs of MLflow and no models of BentoML were found.');
    await ui.press('enter');
    expect(ui.screen()).toContain('there is nothing to pick');
  });
});

describe('a version that was made from a run', () => {
  test('shows how its metrics went over the steps of the training', async () => {
    await using ui = await openWithStores();
    await ui.press('enter', 'end', 'enter', 'tab');
    const curves = ui.rowsWith(' to ').filter((row) => /[▁▂▃▄▅▆▇█]{3,} +steps 0 to \d+/.test(row));
    expect(curves.length).toBeGreaterThan(0);
    expect(ui.rowsWith('mlflow-run')).not.toHaveLength(0);
  });
});
