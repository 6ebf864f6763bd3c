import * as core from '@cairn/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDemo } from '../support/demo.ts';
import { openUi, type Workplace } from '../support/ui.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openDemo();
});

afterAll(() => place[Symbol.dispose]());

/** A verification that reports half of its way and goes on when it is let, or ends when it is cancelled. */
function gated() {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const verifyVersion: typeof core.verifyVersion = async (registry, reference, options = {}) => {
    options.onProgress?.({ phase: 'verifying', done: 512, total: 1024, files: { done: 1, total: 4 } });
    await new Promise<void>((resolve, reject) => {
      void gate.then(resolve);
      options.signal?.addEventListener('abort', () => reject(new core.CairnError('cancelled', 'cancelled')));
    });
    return core.verifyVersion(registry, reference);
  };
  return { go: () => go(), library: { verifyVersion } };
}

describe('a task that runs', () => {
  test('is seen in the status line while one browses, and says what came of it', async () => {
    const { go, library } = gated();
    await using ui = await openUi(place, { library });
    await ui.press('down', 'enter');
    await ui.tap('v', 'tab', 'tab');
    expect(ui.rowsWith('◌ verifying stockpred@v3  50%  512 B of 1.0 KiB  file 2 of 4')).toHaveLength(1);
    expect(ui.screen()).toContain('[Metrics]');
    go();
    await ui.idle();
    expect(ui.rowsWith('✓ verified stockpred@v3: 5 files, 461 KiB, all as added')).toHaveLength(1);
  });

  test('is looked at with its bar, and cancelled after asking', async () => {
    const { library } = gated();
    await using ui = await openUi(place, { library });
    await ui.press('down', 'enter');
    await ui.tap('v', 't');
    expect(ui.screen()).toContain('█████████████████████████░');
    await ui.tap('x');
    expect(ui.screen()).toContain('Cancel a task');
    await ui.tap('n');
    expect(ui.screen()).toContain('50%');
    await ui.tap('x');
    await ui.press('y');
    expect(ui.screen()).toContain('– verifying stockpred@v3: cancelled');
    await ui.press('x');
    expect(ui.screen()).toContain('it is not running');
    await ui.press('c');
    expect(ui.screen()).toContain('Nothing has run yet.');
  });

  test('is asked about when one quits, and cancelled', async () => {
    const { library } = gated();
    const ui = await openUi(place, { library });
    await ui.press('down', 'enter');
    await ui.tap('v', 'q');
    expect(ui.screen()).toContain('1 task would be cancelled');
    expect(ui.screen()).toContain('verifying stockpred@v3');
    await ui.tap('esc', 'ctrl+c');
    expect(ui.screen()).toContain('1 task would be cancelled');
    await ui.tap('y');
    await ui.ui.closed;
    expect(ui.ui.session.ui.tasks.snapshot()[0]!.state).toBe('cancelled');
  });

  test('damage that it finds is told, and can be read in full', async () => {
    const verifyVersion: typeof core.verifyVersion = async () => ({
      model: 'stockpred',
      version: 'v3',
      ok: false,
      files: 5,
      bytes: 10,
      opened: null,
      problems: [{ path: 'a.bin', code: 'damaged', message: 'has another SHA-256' }],
    });
    await using ui = await openUi(place, { library: { verifyVersion } });
    await ui.press('down', 'enter', 'v');
    expect(ui.rowsWith('✗ stockpred@v3 is damaged: 1 problem')).toHaveLength(1);
    await ui.press('!');
    expect(ui.screen()).toContain('a.bin: has another SHA-256');
  });
});

describe('deleting', () => {
  test('a version asks, frees its bytes, and leaves one at the model', async () => {
    await using ui = await openUi(place);
    await ui.press('down', 'enter', 'end', 'enter', 'd');
    expect(ui.screen()).toContain('Delete stockpred@v1?');
    expect(ui.screen()).toMatch(/KiB come free/);
    await ui.press('n');
    expect(ui.rowsWith('team › stockpred › v1')).toHaveLength(1);
    await ui.press('d', 'y');
    expect(ui.rowsWith('✓ deleted stockpred@v1')).toHaveLength(1);
    expect(ui.rowsWith('[Versions 2]')).toHaveLength(1);
  });

  test('a model needs its name typed', async () => {
    await using ui = await openUi(place);
    await ui.press('end', 'd');
    expect(ui.screen()).toContain('Delete the model yolo with all its versions?');
    await ui.press('enter');
    expect(ui.screen()).toContain('type yolo to delete it');
    await ui.type('yol');
    await ui.press('enter');
    expect(ui.screen()).toContain('type yolo to delete it');
    await ui.type('o');
    await ui.press('enter');
    expect(ui.rowsWith('✓ deleted the model yolo')).toHaveLength(1);
    expect(ui.rowsWith('2 models')).toHaveLength(1);
  });
});

describe('changing what is said', () => {
  test('of a model, its card in an editor', async () => {
    const edited: string[] = [];
    const runProgram = async (command: string, file: string) => {
      const { appendFileSync } = await import('node:fs');
      edited.push(command, file.slice(-12));
      appendFileSync(file, '\nA line of its own.\n');
      return 0;
    };
    await using ui = await openUi(place, { host: { runProgram }, variables: { EDITOR: 'ed' } });
    await ui.press('down', 'e');
    await ui.type(', again');
    await ui.press('ctrl+o');
    expect(edited).toEqual(['ed', 'stockpred.md']);
    expect(ui.screen()).toContain('card, changed');
    await ui.press('ctrl+s');
    expect(ui.rowsWith('✓ changed stockpred')).toHaveLength(1);
    const { description, card } = await core.showModel(place.registry, 'stockpred');
    expect(description).toBe('Next-day prices, again');
    expect(card).toContain('A line of its own.');
  });

  test('of a version, in a field', async () => {
    await using ui = await openUi(place);
    await ui.press('down', 'enter', 'enter', 'e');
    await ui.press('ctrl+u');
    await ui.type('Better than it was');
    await ui.press('enter');
    expect(ui.rowsWith(' Better than it was')).toHaveLength(1);
    expect((await core.showVersion(place.registry, 'stockpred@v3')).description).toBe('Better than it was');
  });

  test('an editor that fails changes nothing', async () => {
    await using ui = await openUi(place, { host: { runProgram: async () => 1 } });
    await ui.press('down', 'e', 'ctrl+o');
    expect(ui.rowsWith('✗ the editor vi ended with 1, and nothing was changed')).toHaveLength(1);
    await ui.press('esc', 'enter', 'enter', 'e', 'ctrl+o');
    expect(ui.screen()).toContain('the editor vi ended with 1');
  });
});

describe('taking out', () => {
  test('writes the files, and says when there is something else', async () => {
    await using ui = await openUi(place);
    await ui.press('down', 'enter', 'o', 'enter');
    expect(ui.rowsWith('✓ took out stockpred@v3 to')).toHaveLength(1);
    place.write({ 'stockpred-v3/config.json': 'another' });
    await ui.press('o', 'enter');
    expect(ui.rowsWith('✗ taking out stockpred@v3')).toHaveLength(1);
  });
});
