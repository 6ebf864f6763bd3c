import { cpSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@cairn/core';
import { git, recordedStore } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDemo } from '../support/demo.ts';
import { openUi, type UiUnderTest, type Workplace } from '../support/ui.ts';

/**
 * Whole screens as text, in the sizes that matter. `vitest -u` writes them anew; look at what has changed.
 */

let place: Workplace;

beforeAll(async () => {
  place = await openDemo();
  await share(place);
  // Copied, as its path must not be cut off where it is shown.
  cpSync(recordedStore('mlflow-3-sqlite'), join(place.work, '..', 'runs'), { recursive: true });
});

/** Shares all but the newest version. */
async function share({ registry, work }: Workplace): Promise<void> {
  const host = join(work, '..', 'models.git');
  git(work, ['init', '--quiet', '--bare', '-b', 'main', host]);
  await core.addRemote(registry, 'origin', host);
  await core.push(registry, { references: ['stockpred@v1', 'stockpred@v2', 'yolo'] });
}

afterAll(() => place[Symbol.dispose]());

const SIZES = [
  [60, 15],
  [80, 24],
  [120, 40],
] as const;

/** What differs from run to run: where the test stands, and ids that hold times. */
function stable(screen: string): string {
  return screen
    .replaceAll(place.work, '/work')
    .replaceAll(join(place.work, '..'), '')
    .replace(/\b[0-9a-f]{40}\b/g, (id) => 'c'.repeat(id.length))
    .replace(/\b[0-9a-f]{64}\b/g, (id) => 'd'.repeat(id.length));
}

async function matches(ui: UiUnderTest, name: string): Promise<void> {
  const rows = ui.terminal.rows();
  const { columns } = ui.terminal.stdout;
  const file = `../golden/${name}-${columns}x${rows.length}.txt`;
  await expect(`${stable(rows.join('\n')).trimEnd()}\n`).toMatchFileSnapshot(file);
}

describe.each(SIZES)('on %i × %i', (columns, rows) => {
  const open = () => openUi(place, { columns, rows });

  test('models, and a search among them', async () => {
    await using ui = await open();
    await ui.press('down');
    await matches(ui, 'models');
    await ui.press('/');
    await ui.type('sto');
    await matches(ui, 'models-search');
  });

  test('a model: versions, card, metrics', async () => {
    await using ui = await open();
    await ui.press('down', 'enter');
    await matches(ui, 'model');
    await ui.press('tab');
    await matches(ui, 'model-card');
    await ui.press('tab', 'down');
    await matches(ui, 'model-metrics');
  });

  test('a version: files, details, one file', async () => {
    await using ui = await open();
    await ui.press('down', 'enter', 'enter');
    await ui.press('down', 'down', 'down', 'down');
    await matches(ui, 'version');
    await ui.press('enter');
    await matches(ui, 'file');
    await ui.press('esc', 'tab');
    await matches(ui, 'version-details');
  });

  test('two versions compared, and the tensors of a file', async () => {
    await using ui = await open();
    await ui.press('down', 'enter', 'c');
    await matches(ui, 'compare');
    await ui.press('end', 'enter');
    await matches(ui, 'tensors');
    await ui.press('esc', 'tab');
    await matches(ui, 'compare-values');
  });

  test('forms: a new model, an edited one', async () => {
    await using ui = await open();
    await ui.press('n');
    await ui.type('bad name');
    await matches(ui, 'new-model');
    await ui.press('esc', 'down', 'e');
    await matches(ui, 'edit-model');
  });

  test('questions: deleting a version, deleting a model, taking out', async () => {
    await using ui = await open();
    await ui.press('down', 'enter', 'd');
    await matches(ui, 'delete-version');
    await ui.press('esc', 'o');
    await matches(ui, 'get');
    await ui.press('esc', 'esc', 'd');
    await matches(ui, 'delete-model');
  });

  test('what happened to a model, and an alias for one of its versions', async () => {
    await using ui = await open();
    await ui.press('down', 'enter', 'H');
    await matches(ui, 'history');
    await ui.press('esc', 'a');
    await ui.type('prod');
    await matches(ui, 'alias');
  });

  test('runs of MLflow, models and bentos of BentoML, to register', async () => {
    const variables = {
      MLFLOW_TRACKING_URI: join(place.work, '..', 'runs', 'mlflow.db'),
      BENTOML_HOME: join(recordedStore('bentoml'), 'home'),
    };
    await using ui = await openUi(place, { columns, rows, variables });
    await ui.press('down', 'enter', 'i');
    await matches(ui, 'origins');
  });

  test('how the models stand to where they are shared', async () => {
    await using ui = await open();
    await ui.press('R');
    await matches(ui, 'sharing');
  });

  test('the steps to a new version', async () => {
    await using ui = await open();
    await ui.press('down', 'enter', 'n');
    await matches(ui, 'new-version');
    await ui.press('tab', 'a');
    await ui.press('down', 'space');
    await matches(ui, 'browse');
    await ui.press('i');
    await matches(ui, 'new-version-files');
    await ui.press('tab');
    await matches(ui, 'new-version-details');
    await ui.press('tab');
    await matches(ui, 'new-version-summary');
  });

  test('tasks and help', async () => {
    await using ui = await open();
    await ui.press('down', 'enter', 'v', 't');
    await matches(ui, 'tasks');
    await ui.press('esc', '?');
    await matches(ui, 'help');
  });
});
