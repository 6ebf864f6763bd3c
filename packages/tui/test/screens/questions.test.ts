import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@cairn/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openUi, openWorkplace, type Workplace } from '../support/ui.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
  place.write({
    'out/model.bin': 'weights',
    'pack/models/weights.bin': 'packed weights',
    'pack/hooks/load.py': 'def load(*args, **kwargs): return None\n',
    'pack/hooks/predict.py': 'def predict(*args, **kwargs): return None\n',
    'pack/manifest.json': JSON.stringify({ models: [{ name: 'm', version: '1', framework: 'pytorch' }] }),
  });
  await core.createModel(place.registry, 'stockpred', {});
  await core.createVersion(
    place.registry,
    { model: 'stockpred', version: 'v1' },
    { sources: [{ path: join(place.work, 'out') }] },
  );
});

afterAll(() => place[Symbol.dispose]());

const versions = async (model: string) =>
  (await core.listVersions(place.registry, model)).map(({ version }) => version);

describe('another name', () => {
  test('a version that was not shared is renamed, and one is back at its model', async () => {
    await using ui = await openUi(place);
    await ui.press('enter', 'enter', 'm');
    expect(ui.screen()).toContain('What is stockpred@v1 to be called?');
    await ui.type('v1');
    expect(ui.screen()).toContain('it is called so now');
    await ui.press('enter', 'ctrl+u');
    await ui.type('latest');
    await ui.press('enter');
    expect(ui.rowsWith('rename')).not.toHaveLength(0);
    expect(await versions('stockpred')).toEqual(['v1']);
    await ui.press('ctrl+u');
    await ui.type('first');
    await ui.press('enter');
    expect(ui.screen()).toContain('renamed stockpred@v1 to first');
    expect(ui.rowsWith('› first')).toHaveLength(1);
    expect(await versions('stockpred')).toEqual(['first']);
  });

  test('a model is renamed, unless another has the name', async () => {
    await core.createModel(place.registry, 'yolo', {});
    await using ui = await openUi(place);
    await ui.press('enter', 'm');
    await ui.type('Yolo');
    await ui.press('enter');
    expect(ui.screen()).toContain('cannot be renamed to Yolo: yolo exists');
    await ui.press('ctrl+u');
    await ui.type('prices');
    await ui.press('enter');
    expect(ui.screen()).toContain('renamed stockpred to prices');
    expect(ui.rowsWith('2 models')).toHaveLength(1);
    expect(await versions('prices')).toEqual(['first']);
  });
});

describe('the key of a sealed version', () => {
  test('is written where one says, for its owner alone', async () => {
    const keyring = { folder: join(place.work, '..', 'keys') };
    const { newKey } = await core.createVersion(
      place.registry,
      { model: 'sealed', version: 'v1' },
      {
        createModel: true,
        type: 'packaged-encrypted',
        sources: [{ path: join(place.work, 'pack') }],
        encryption: { kind: 'auto', keyring },
      },
    );
    await using ui = await openUi(place, { keyring });
    await ui.press('/');
    await ui.type('sealed');
    await ui.press('enter', 'enter', 'enter', 'w');
    expect(ui.screen()).toContain(`Where is a copy of the key ${newKey!.name} to go?`);
    await ui.press('ctrl+u');
    await ui.type('~/copy.key');
    await ui.press('enter');
    const copy = join(place.work, 'copy.key');
    expect(ui.screen()).toContain(`wrote the key ${newKey!.name}`);
    expect(readFileSync(copy)).toEqual(readFileSync(newKey!.path));
    expect(statSync(copy).mode & 0o077).toBe(0);
  });

  test('lets a folder be built that serves it, for whoever types that its files may go out', async () => {
    const keyring = { folder: join(place.work, '..', 'keys') };
    await using ui = await openUi(place, { keyring, columns: 120 });
    await ui.press('/');
    await ui.type('sealed');
    await ui.press('enter', 'enter', 'enter', 'b');
    await ui.press('ctrl+u');
    await ui.type('~/image');
    await ui.press('ctrl+s');
    expect(ui.screen()).toContain('type plaintext to let its files out');
    expect(existsSync(join(place.work, 'image'))).toBe(false);
    await ui.press('enter');
    await ui.type('plaintext');
    await ui.press('enter');
    expect(ui.screen()).toContain('wrote a folder that serves sealed@v1');
    expect(readdirSync(join(place.work, 'image'))).toContain('Dockerfile');
  });

  test('opens both sides of a comparison', async () => {
    const keyring = { folder: join(place.work, '..', 'keys') };
    place.write({ 'pack/hooks/more.py': '' });
    await core.createVersion(
      place.registry,
      { model: 'sealed', version: 'v2' },
      {
        base: 'v1',
        type: 'packaged-encrypted',
        sources: [{ path: join(place.work, 'pack') }],
        encryption: { kind: 'auto', keyring },
      },
    );
    const compared = async (options: Parameters<typeof openUi>[1]) => {
      await using ui = await openUi(place, options);
      await ui.press('/');
      await ui.type('sealed');
      await ui.press('enter', 'enter', 'c');
      return ui.screen();
    };
    expect(await compared({ keyring })).toMatch(/added +hooks\/more\.py/);
    const shut = await compared({});
    expect(shut).toContain('none of your keys opens it');
    expect(shut).not.toContain('more.py');
  });

  test('is not to be had by somebody whose keys do not open it', async () => {
    const keyring = { folder: join(place.work, '..', 'other-keys') };
    await using ui = await openUi(place, { keyring });
    await ui.press('/');
    await ui.type('sealed');
    await ui.press('enter', 'enter', 'enter', 'w');
    expect(ui.screen()).toContain('none of your keys opens it');
  });
});
