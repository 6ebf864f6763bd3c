import * as core from '@cairn/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openUi, openWorkplace, type Workplace } from '../support/ui.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
  place.write({
    'out/model.bin': 'weights of a model',
    'out/config.json': '{}',
    'tok/vocab.txt': 'one two',
    'pack/models/weights.bin': 'packed weights',
    'pack/hooks/load.py': 'def load(*args, **kwargs): return None\n',
    'pack/hooks/predict.py': 'def predict(*args, **kwargs): return None\n',
  });
});

afterAll(() => place[Symbol.dispose]());

const files = async (version: string) =>
  (await core.showVersion(place.registry, version)).files.map(({ path }) => path);

describe('making a model', () => {
  test('a name is checked as it is typed, and the model is opened when it is made', async () => {
    await using ui = await openUi(place);
    expect(ui.screen()).toContain('There are no models yet.');
    await ui.press('n');
    await ui.type('not a name');
    expect(ui.screen()).toContain('use 1 to 64 of');
    await ui.press('ctrl+u');
    await ui.type('stockpred');
    expect(ui.screen()).not.toContain('use 1 to 64 of');
    await ui.press('enter');
    await ui.type('Next-day prices');
    await ui.press('enter');
    await ui.type('task=regression owner="team a"');
    await ui.press('enter');
    expect(ui.rowsWith('team › stockpred')).toHaveLength(1);
    expect(ui.screen()).toContain('This model has no versions yet.');
    expect(ui.screen()).toContain('made the model stockpred');
    const { description, labels } = await core.showModel(place.registry, 'stockpred');
    expect({ description, labels }).toEqual({
      description: 'Next-day prices',
      labels: { task: 'regression', owner: 'team a' },
    });
  });

  test('a name that is taken is refused before anything is done', async () => {
    await using ui = await openUi(place);
    await ui.press('n');
    await ui.type('StockPred');
    expect(ui.screen()).toContain('stockpred differs from it only in case');
    await ui.press('ctrl+s');
    expect(ui.rowsWith('new model')).toHaveLength(1);
    await ui.press('esc');
    expect(ui.rowsWith('1 model')).toHaveLength(1);
  });
});

describe('making a version', () => {
  test('from two folders, the contents of one in place, and one under its name', async () => {
    await using ui = await openUi(place);
    await ui.press('enter', 'n');
    expect(ui.rowsWith('version       v1')).toHaveLength(1);
    await ui.press('tab', 'a');
    // The first folder, then a second time for the other one.
    expect(ui.screen()).toContain('[ ] out/');
    await ui.press('space', 'i');
    expect(ui.rowsWith('~/out')[0]).toContain('2  20 B');
    await ui.press('p');
    expect(ui.rowsWith('~/out')[0]).toMatch(/~\/out {2,}\/ /);
    await ui.press('a', 'down', 'down', 'space', 'i');
    expect(ui.screen()).toContain('3 files, 27 B');
    await ui.press('tab');
    await ui.type('The first');
    await ui.press('down');
    await ui.type('mae=1.92 bad');
    expect(ui.screen()).toContain('write name=number');
    await ui.press('ctrl+w', 'tab');
    expect(ui.screen()).toContain('3 files, 27 B');
    await ui.press('enter');
    expect(ui.screen()).toContain('added stockpred@v1: 3 files, 27 B');
    expect(await files('stockpred@v1')).toEqual(['config.json', 'model.bin', 'tok/vocab.txt']);
    expect(await core.showVersion(place.registry, 'stockpred@v1')).toMatchObject({
      description: 'The first',
      metrics: { mae: 1.92 },
      type: 'plaintext',
    });
    // Back from the tasks one is at the model: the steps have nothing left to do.
    await ui.press('esc');
    expect(ui.rowsWith('› v1')).toHaveLength(1);
    expect(ui.screen()).not.toContain('new version');
  });

  test('the next name is proposed, and the last version as its base', async () => {
    await using ui = await openUi(place);
    await ui.press('enter', 'n');
    expect(ui.rowsWith('version       v2')).toHaveLength(1);
    expect(ui.rowsWith('◂ v1 ▸')).toHaveLength(1);
    await ui.press('ctrl+u');
    await ui.type('v1');
    expect(ui.screen()).toContain('a version never changes');
    await ui.press('tab', 'tab', 'tab');
    expect(ui.screen()).toContain('Name: there is a version v1 already');
    await ui.press('enter');
    expect(ui.rowsWith('new version')).toHaveLength(1);
  });

  test('a source that cannot be stored is told at once', async () => {
    await using ui = await openUi(place);
    await ui.press('enter', 'n', 'tab', 'a', 'p');
    await ui.press('ctrl+u');
    await ui.type(place.registry.path);
    await ui.press('enter', 'a', 'i');
    expect(ui.screen()).toContain('cannot be stored');
    expect(ui.screen()).not.toContain('[Files ✓]');
    await ui.press('home', 'x');
    expect(ui.screen()).not.toContain('cannot be stored');
  });

  test('what is filled in is not lost by a key that goes back', async () => {
    await using ui = await openUi(place);
    await ui.press('enter', 'n', 'tab', 'a', 'space', 'i', 'left');
    expect(ui.screen()).toContain('it never changes');
    await ui.press('esc');
    expect(ui.screen()).toContain('What you have filled in is lost then.');
    await ui.press('n', 'tab');
    expect(ui.rowsWith('› ~/out')).toHaveLength(1);
    await ui.press('esc', 'y');
    expect(ui.rowsWith('[Versions')).toHaveLength(1);
  });

  test('a passphrase that was proposed is shown until it is changed', async () => {
    await using ui = await openUi(place);
    await ui.press('enter', 'n', 'down', 'right', 'right', 'tab', 'tab', 'tab', 'tab', 'ctrl+g', 'down');
    expect(ui.rowsWith('passphrase')[1]).toMatch(/passphrase +[a-z2-9]{4}(-[a-z2-9]{4}){4}$/);
    expect(ui.screen()).toContain('proposed, so write it down');
    await ui.type('x');
    expect(ui.rowsWith('passphrase')[1]).toMatch(/passphrase +•{25}$/);
  });

  test('what is being made is not begun again', async () => {
    const createVersion: typeof core.createVersion = (_registry, _target, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new core.CairnError('cancelled', 'it was cancelled')));
      });
    await using ui = await openUi(place, { library: { createVersion } });
    await ui.press('enter', 'n', 'tab', 'a', 'space', 'i', 'tab', 'tab');
    await ui.tap('enter', 'esc', 'enter');
    expect(ui.screen()).toContain('it is being made: t shows how far it is');
    expect(ui.ui.session.ui.tasks.snapshot()).toHaveLength(1);
  });

  test('a package, with a generated manifest', async () => {
    await using ui = await openUi(place);
    await ui.press('enter', 'n');
    await ui.press('ctrl+u');
    await ui.type('p1');
    await ui.press('down', 'right');
    expect(ui.rowsWith('◂ packaged ▸')).toHaveLength(1);
    await ui.press('tab', 'a', 'p', 'ctrl+u');
    await ui.type('~/pack');
    await ui.press('enter', 'down', 'space', 'i');
    expect(ui.rowsWith('~/pack/models')[0]).toContain('models/stockpred/models/');
    await ui.press('p');
    expect(ui.rowsWith('~/pack/models')[0]).toContain('models/stockpred/ ');
    await ui.press('tab', 'a', 'space', 'i');
    expect(ui.rowsWith('~/pack/hooks')[0]).toContain('hooks/ ');
    await ui.press('tab', 'tab', 'tab');
    expect(ui.screen()).toContain('4 files');
    await ui.press('enter');
    expect(ui.screen()).toContain('added stockpred@p1: 4 files');
    expect(await files('stockpred@p1')).toEqual([
      'hooks/load.py',
      'hooks/predict.py',
      'manifest.json',
      'models/stockpred/weights.bin',
    ]);
    await ui.press('esc', 'home', 'enter', 'tab', 'tab');
    expect(ui.rowsWith('schema')[0]).toContain('v2024.1');
    expect(ui.rowsWith('folder')[0]).toContain('models/stockpred');
  });

  test('a version that cannot be made is refused in the summary, with the reason', async () => {
    await using ui = await openUi(place);
    await ui.press('enter', 'n', 'tab', 'a', 'space', 'i', 'a', 'down', 'down', 'space', 'i');
    await ui.press('p', 'down', 'p', 'tab', 'tab');
    expect(ui.screen()).toContain('files');
    // Both at the root is fine; the same one twice is not.
    await ui.press('shift+tab', 'shift+tab', 'shift+tab', 'down', 'right', 'tab', 'tab', 'tab', 'tab', 'tab');
    expect(ui.screen()).toContain('Hooks: no hook files are chosen');
  });
});
