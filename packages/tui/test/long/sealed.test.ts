import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@cairn/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openUi, openWorkplace, type Workplace } from '../support/ui.ts';

/** Passphrases are slow to try on purpose. */

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
  place.write({
    'pack/models/weights.bin': 'packed weights',
    'pack/hooks/load.py': 'def load(*args, **kwargs): return None\n',
    'pack/hooks/predict.py': 'def predict(*args, **kwargs): return None\n',
  });
  await core.createModel(place.registry, 'own');
});

afterAll(() => place[Symbol.dispose]());

describe('a sealed version', () => {
  test('is made with a passphrase, seen shut, and opened with it', async () => {
    await using ui = await openUi(place);
    await ui.press('n');
    await ui.type('secret');
    await ui.press('ctrl+s');
    await ui.press('n', 'down', 'right', 'right');
    expect(ui.rowsWith('◂ packaged-encrypted ▸')).toHaveLength(1);
    await ui.press('tab', 'a', 'p', 'ctrl+u');
    await ui.type('~/pack');
    await ui.press('enter', 'down', 'space', 'i', 'p', 'tab', 'a', 'space', 'i', 'tab', 'tab');
    await ui.press('down');
    await ui.type('abc');
    expect(ui.screen()).toContain('too easy to guess');
    expect(ui.screen()).not.toContain('abc');
    await ui.press('ctrl+g');
    const [, passphrase] = /the passphrase is ([a-z2-9-]+)/.exec(ui.screen()) ?? [];
    expect(passphrase).toHaveLength(24);
    await ui.press('tab', 'tab', 'enter');
    expect(ui.screen()).toContain('added secret@v1');
    await ui.press('esc', 'enter');
    expect(ui.screen()).toContain('shut: u opens it');
    expect(ui.screen()).toContain('envelope.json');
    await ui.press('u');
    await ui.type('wrong');
    await ui.press('enter');
    expect(ui.screen()).toContain('✗');
    await ui.press('ctrl+u');
    await ui.type(passphrase!);
    await ui.press('enter');
    expect(ui.screen()).toContain('weights.bin');
    expect(ui.screen()).not.toContain('envelope.json');
    await ui.press('tab', 'tab');
    expect(ui.rowsWith('schema')[0]).toContain('v2024.1');
    await ui.press('o');
    await ui.press('ctrl+u');
    await ui.type('taken');
    await ui.press('enter');
    expect(ui.screen()).toContain('took out secret@v1');
    const taken = readFileSync(join(place.work, 'taken/models/secret/weights.bin'), 'utf8');
    expect(taken).toBe('packed weights');
  });

  test('is made with a key of its own, which opens it without being asked for', async () => {
    const keyring = { folder: join(place.work, '..', 'keys') };
    const codeDigests: (string | null)[] = [];
    const onCreated = async ({ codeDigest }: core.CreatedVersion) => void codeDigests.push(codeDigest);
    await using ui = await openUi(place, { keyring, onCreated });
    await ui.press('enter', 'n', 'down', 'right', 'right', 'tab', 'a', 'p', 'ctrl+u');
    await ui.type('~/pack');
    await ui.press('enter', 'down', 'space', 'i', 'p', 'tab', 'a', 'space', 'i', 'tab', 'tab');
    expect(ui.screen()).toContain('made on first use');
    await ui.press('tab', 'tab', 'enter');
    expect(ui.screen()).toContain('added own@v1');
    expect(ui.screen()).toContain('keep a copy of it');
    expect(codeDigests).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    await ui.press('esc', 'enter');
    expect(ui.screen()).toContain('weights.bin');
    expect(ui.screen()).toContain('open');
    await ui.press('v', 't');
    expect(ui.screen()).toContain('verified own@v1');
  });
});
