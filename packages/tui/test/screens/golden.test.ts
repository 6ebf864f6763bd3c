import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDemo } from '../support/demo.ts';
import { openUi, type UiUnderTest, type Workplace } from '../support/ui.ts';

/**
 * Whole screens as text, in the sizes that matter. `vitest -u` writes them anew; look at what has changed.
 */

let place: Workplace;

beforeAll(async () => {
  place = await openDemo();
});

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
