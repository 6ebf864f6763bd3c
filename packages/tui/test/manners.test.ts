import * as core from '@cairn/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDemo } from './support/demo.ts';
import { openUi, openWorkplace, type UiOptions, type UiUnderTest, type Workplace } from './support/ui.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openDemo();
});

afterAll(() => place[Symbol.dispose]());

/** A failure as the library throws it. */
function failure(code: core.CairnErrorCode, message: string, hint: string): core.CairnError {
  return new core.CairnError(code, message, { hint });
}

describe('the terminal', () => {
  test('is taken whole, and given back as it was', async () => {
    let terminal: UiUnderTest['terminal'];
    {
      await using ui = await openUi(place);
      terminal = ui.terminal;
      expect({ isAlternate: terminal.isAlternate(), isRaw: terminal.isRaw() }).toEqual({
        isAlternate: true,
        isRaw: true,
      });
    }
    await terminal.settled();
    expect({ isAlternate: terminal.isAlternate(), isRaw: terminal.isRaw() }).toEqual({
      isAlternate: false,
      isRaw: false,
    });
    expect(terminal.written()).toMatch(/\?1000l/);
    expect(terminal.written().lastIndexOf('\u001b[?25h')).toBeGreaterThan(
      terminal.written().lastIndexOf('\u001b[?25l'),
    );
  });

  test('is not echoed into: keys come in one by one before anything is drawn', async () => {
    await using ui = await openUi(place);
    expect(ui.terminal.writtenBeforeRaw()).toBe('');
    expect(ui.terminal.written()).toMatch(/^\r/);
  });

  test('q quits, and Esc never does', async () => {
    const ui = await openUi(place);
    await ui.press('esc', 'left');
    expect(ui.rowsWith('3 models')).toHaveLength(1);
    await ui.press('q');
    await ui.ui.closed;
    expect(ui.terminal.isAlternate()).toBe(false);
  });

  test('is given back when something breaks, and the error is not lost', async () => {
    const ui = await openUi(place);
    ui.ui.fail(new Error('nobody has caught this'));
    await expect(ui.ui.closed).rejects.toThrow('nobody has caught this');
    await ui.terminal.settled();
    expect(ui.terminal.isAlternate()).toBe(false);
    expect(ui.terminal.isRaw()).toBe(false);
  });

  test('is given back when a screen cannot be drawn', async () => {
    const listModels = async () => [{ name: 'broken' } as never];
    const ui = await openUi(place, { library: { listModels } });
    await expect(ui.ui.closed).rejects.toThrow(TypeError);
    await ui.terminal.settled();
    expect(ui.terminal.isAlternate()).toBe(false);
  });

  test('every size from 60 × 15 up holds a screen, and smaller ones say so', async () => {
    await using ui = await openUi(place);
    await ui.press('down', 'enter');
    ui.terminal.resize(59, 15);
    await ui.idle();
    expect(ui.screen()).toContain('Cairn needs a terminal of 60 × 15; this one has 59 × 15.');
    await ui.press('d');
    for (const [columns, rows] of [
      [60, 15],
      [200, 60],
      [61, 16],
      [100, 15],
    ] as const) {
      ui.terminal.resize(columns, rows);
      await ui.idle();
      expect(ui.rowsWith('team › stockpred')).toHaveLength(1);
      expect(ui.rowsWith('? help')).toHaveLength(1);
      expect(ui.screen()).not.toContain('delete it');
    }
  });

  test('Ctrl-Z hands it to the shell, and takes it again', async () => {
    const seen: boolean[] = [];
    let isStopped = Promise.resolve();
    const options: UiOptions = {
      host: {
        stop: async () => {
          await isStopped;
          seen.push(ui.terminal.isAlternate(), ui.terminal.isRaw());
        },
      },
    };
    const ui = await openUi(place, options);
    isStopped = ui.terminal.settled();
    await ui.press('ctrl+z');
    expect(seen).toEqual([false, false]);
    expect(ui.terminal.isAlternate()).toBe(true);
    expect(ui.rowsWith('3 models')).toHaveLength(1);
    await ui.press('down');
    expect(ui.rowsWith('› stockpred')).toHaveLength(1);
    await ui[Symbol.asyncDispose]();
  });
});

describe('colours', () => {
  const colourIn = async (variables: Record<string, string>) => {
    await using ui = await openUi(place, { variables: { NO_COLOR: '', ...variables } });
    const row = ui.terminal.rows().findIndex((text) => text.includes('kanji-ocr'));
    await ui.press('down');
    return ui.terminal.colourOf(row, 'kanji-ocr');
  };

  test('are those that the terminal has', async () => {
    expect(await colourIn({ TERM: 'xterm' })).toBe(6);
    expect(await colourIn({ TERM: 'xterm-256color' })).toBe(80);
    expect(await colourIn({ COLORTERM: 'truecolor' })).toBe(0x5ecdcd);
    expect(await colourIn({ NO_COLOR: '1' })).toBe(-1);
  });

  test('are others on a light background, told or asked for', async () => {
    expect(await colourIn({ TERM: 'xterm', COLORFGBG: '0;15' })).toBe(4);
    await using ui = await openUi(place, { variables: { NO_COLOR: '', TERM: 'xterm' } });
    expect(ui.terminal.written()).toContain('\u001b]11;?');
    await ui.type('\u001b]11;rgb:ffff/ffff/f0f0\u001b\\');
    await ui.press('down');
    expect(ui.terminal.colourOf(2, 'kanji-ocr')).toBe(4);
  });
});

describe('what is said', () => {
  test('a key that cannot work now says why', async () => {
    await using ui = await openUi(place);
    await ui.press('end', 'enter', 'enter');
    expect(ui.screen()).toContain('there is no version to select');
    await ui.press('c');
    expect(ui.screen()).toContain('there is nothing to compare it with');
    await ui.press('tab');
    expect(ui.screen()).not.toContain('there is nothing to compare it with');
  });

  test('a key without a meaning says where the keys are listed', async () => {
    await using ui = await openUi(place);
    await ui.press('x');
    expect(ui.screen()).toContain('x does nothing here; ? lists the keys');
    await ui.press('down');
    expect(ui.screen()).not.toContain('does nothing here');
  });

  test('a form that was filled in is left only after asking', async () => {
    await using ui = await openUi(place);
    await ui.press('down', 'e');
    await ui.type(' and more');
    await ui.press('esc');
    expect(ui.screen()).toContain('What you have filled in is lost then.');
    await ui.press('esc');
    expect(ui.screen()).toContain('Next-day prices and more');
    await ui.press('esc', 'y');
    expect(ui.rowsWith('3 models')).toHaveLength(1);
  });

  test('an error stands where it belongs, and can be read in full', async () => {
    const verifyVersion = async () => {
      throw failure('no-space', `there is no room ${'at all '.repeat(30)}`, 'free some room on that disk');
    };
    await using ui = await openUi(place, { library: { verifyVersion } });
    await ui.press('down', 'enter', 'v');
    expect(ui.rowsWith('✗ verifying stockpred@v3: there is no room')).toHaveLength(1);
    expect(ui.rowsWith('! shows it')).toHaveLength(1);
    await ui.press('j');
    expect(ui.screen()).toContain('there is no room');
    await ui.press('!');
    expect(ui.screen()).toContain('free some room on that disk');
    expect(ui.screen()).toContain('code no-space');
    await ui.press('esc', 'esc');
    expect(ui.screen()).not.toContain('there is no room');
  });

  test('what cannot be read says so in its place, and r tries again', async () => {
    let isBroken = true;
    const showVersion: typeof core.showVersion = async (...input) => {
      if (isBroken) throw failure('damaged', 'a part of it is gone', 'take it from another clone');
      return core.showVersion(...input);
    };
    await using ui = await openUi(place, { library: { showVersion } });
    await ui.press('down', 'enter', 'enter');
    expect(ui.screen()).toContain('a part of it is gone');
    expect(ui.screen()).toContain('take it from another clone');
    isBroken = false;
    await ui.press('r');
    expect(ui.screen()).toContain('model.safetensors');
  });

  test('help lists every key of the screen, also those that cannot work now', async () => {
    await using ui = await openUi(place, { rows: 50 });
    await ui.press('end', 'enter', '?');
    for (const text of ['mark for comparing', 'search as you type', 'to the shell', 'half a page up'])
      expect(ui.screen()).toContain(text);
    expect(ui.rowsWith('compare the marked ones')[0]).toBeDefined();
    expect(ui.screen()).toContain('not now: there is no version to select');
  });
});

describe('searching and sorting', () => {
  test('a list is searched as one types, and Esc shows all of it again', async () => {
    await using ui = await openUi(place);
    await ui.press('/');
    await ui.type('größe');
    expect(ui.rowsWith('yolo')).toHaveLength(2);
    expect(ui.rowsWith('kanji')).toHaveLength(0);
    await ui.press('enter', 'esc');
    expect(ui.rowsWith('kanji')).toHaveLength(1);
    await ui.press('/');
    await ui.type('nothing like this');
    expect(ui.screen()).toContain('nothing found');
  });

  test('the cursor stays on its row when the order changes', async () => {
    await using ui = await openUi(place);
    await ui.press('down');
    expect(ui.rowsWith('› stockpred')).toHaveLength(1);
    await ui.press('s', 's');
    expect(ui.rowsWith('VERSIONS ▾')).toHaveLength(1);
    expect(ui.terminal.rows()[2]).toContain('› stockpred');
    await ui.press('S');
    expect(ui.terminal.rows()[4]).toContain('› stockpred');
  });
});

describe('changes by others', () => {
  test('appear on the screen that is open', async () => {
    using other = await openWorkplace();
    await core.createModel(other.registry, 'first');
    await using ui = await openUi(other);
    await ui.ui.lookForChanges();
    await core.createModel(other.registry, 'second');
    await ui.ui.lookForChanges();
    await ui.idle();
    expect(ui.rowsWith('second')).toHaveLength(1);
    await ui.press('enter');
    await ui.ui.lookForChanges();
    const path = other.write({ 'out/a.txt': 'a' });
    await core.createVersion(other.registry, { model: 'first', version: 'v1' }, { sources: [{ path }] });
    await ui.ui.lookForChanges();
    await ui.idle();
    expect(ui.rowsWith('v1')).toHaveLength(1);
  });

  test('a model that is deleted meanwhile is said to be gone', async () => {
    using other = await openWorkplace();
    await core.createModel(other.registry, 'gone');
    await using ui = await openUi(other);
    await ui.press('enter');
    await ui.ui.lookForChanges();
    await core.deleteModel(other.registry, 'gone');
    await ui.ui.lookForChanges();
    await ui.idle();
    expect(ui.screen()).toContain('no model named gone');
    await ui.press('esc');
    expect(ui.screen()).toContain('There are no models yet.');
  });
});

describe('the mouse', () => {
  const press = (column: number, row: number) => `\u001b[<0;${column};${row}M\u001b[<0;${column};${row}m`;

  test('selects what is clicked, and opens it with a second click', async () => {
    await using ui = await openUi(place);
    await ui.type(press(5, 4));
    expect(ui.rowsWith('› stockpred')).toHaveLength(1);
    await ui.type(press(5, 4));
    expect(ui.rowsWith('team › stockpred')).toHaveLength(1);
    await ui.type(press(5, 8));
    expect(ui.rowsWith('› v2')).toHaveLength(1);
  });

  test('the wheel scrolls, and nothing of it is taken for keys', async () => {
    await using ui = await openUi(place, { rows: 15 });
    await ui.type('\u001b[<65;5;5M');
    await ui.type('\u001b[<64;5;5M');
    expect(ui.rowsWith('3 models')).toHaveLength(1);
    expect(ui.screen()).not.toContain('64');
  });
});

describe('with a screen reader', () => {
  const openRead = () => openUi(place, { variables: { INK_SCREEN_READER: 'true' }, rows: 40 });

  /** What is read, line by line, without the keys at the end. */
  const readLines = (ui: UiUnderTest) => ui.screen().split('\n').slice(0, -1);

  test('lists are read line by line, without what is drawn', async () => {
    await using ui = await openRead();
    expect(ui.terminal.isAlternate()).toBe(false);
    const written = ui.terminal.written();
    expect(written).not.toContain('─');
    expect(written).not.toContain('?1000h');
    expect(readLines(ui)).toEqual([
      'team  3 models',
      'MODEL ▴  LATEST  VERSIONS  SIZE  CHANGED  BY',
      '› kanji-ocr  –  0  –  1 day ago  Ada',
      'stockpred  v3  3  461 KiB  1 day ago  Ada',
      'yolo  –  0  –  1 day ago  Ada',
      'kanji-ocr',
      '手書き文字認識 モデル 🎉',
    ]);
    expect(ui.screen()).toMatch(/\n↵ open {2}n new .*\? help {2}q quit {2}t tasks$/);
  });

  test('a model is read with its head, then the part that is open', async () => {
    await using ui = await openRead();
    await ui.press('down', 'enter');
    expect(readLines(ui)).toEqual([
      'team › stockpred',
      'Next-day prices',
      'owner=team-a  task=regression  prod → v2',
      'made 2026-01-01 12:00 by Ada, changed 1 day ago by Ada',
      '[Versions 3]  Card  Metrics',
      'VERSION  AGE ▾  BY  FILES  SIZE  FROM  METRICS',
      '› v3  latest  1 day ago  Ada  5  461 KiB  v3  mae 1.92  accuracy 0.9…',
      'v2  prod  1 day ago  Ada  4  461 KiB  v2  mae 1.97  accuracy 0.88',
      'v1  1 day ago  Ada  4  461 KiB  v1  mae 2.4  accuracy 0.81',
    ]);
    await ui.press('tab');
    expect(ui.screen()).toContain('\n1. Scale the prices\n2. Call predict\n• small\n• and fast\n');
    await ui.press('tab');
    expect(readLines(ui).slice(-4)).toEqual(['mae  1.92  1.92  2.4', 'v3  0.93', 'v2  0.88', 'v1  0.81']);
  });

  test('a version is read as its files, and as what is recorded of it', async () => {
    await using ui = await openRead();
    await ui.press('down', 'enter', 'enter');
    expect(readLines(ui)).toEqual([
      'team › stockpred › v3',
      'First that beats the baseline',
      'added 1 day ago by Ada, 5 files, 461 KiB  latest',
      '[Files]  Details',
      '› ▾ tokenizer  1 file  14 B',
      'vocab.txt  14 B',
      '▾ weights  2 files  461 KiB',
      'model.gguf  214 KiB',
      'model.safetensors  247 KiB',
      'README.txt  20 B',
      'config.json  20 B',
    ]);
    await ui.press('tab');
    for (const text of ['type  plaintext', 'made from  v2', 'labels  stage=test', 'epochs  40'])
      expect(readLines(ui)).toContain(text);
  });

  test('the steps to a new version are read as fields', async () => {
    await using ui = await openRead();
    await ui.press('down', 'enter', 'n');
    expect(readLines(ui)).toEqual([
      'team › stockpred › new version',
      '[Name ✓]  Files  Details ✓  Summary',
      '› version  v4',
      'it never changes',
      'type  ◂ plaintext ▸',
      'made from  ◂ v3 ▸',
    ]);
    await ui.press('tab');
    expect(readLines(ui)).toContain('No files yet.');
  });

  test('tasks are read with what came of them', async () => {
    await using ui = await openRead();
    await ui.press('down', 'enter', 'v', 't');
    expect(readLines(ui).slice(0, 3)).toEqual([
      'team › tasks',
      '› ✓ verified stockpred@v3: 5 files, 461 KiB, all as added  just now',
      'verified stockpred@v3: 5 files, 461 KiB, all as added',
    ]);
  });

  test('history and sharing are read as tables', async () => {
    await using ui = await openRead();
    await ui.press('down', 'enter', 'H');
    expect(readLines(ui).slice(0, 5)).toEqual([
      'team › stockpred › history',
      '6 events',
      'WHEN ▾  WHAT  BY  WHY',
      '› 2026-01-01 12:00  version v3 added  Ada  First that beats the b…',
      '2026-01-01 12:00  alias prod moved from v1 to v2  Ada  Half a point better',
    ]);
    await ui.press('esc', 'esc', 'R');
    expect(readLines(ui)).toEqual([
      'team › sharing',
      'MODEL ▴  STATE  TO PUSH  TO PULL  REMOTE',
      'This registry is not shared, or it has no models yet.',
      'n says where it is shared: any Git repository, empty at first.',
    ]);
  });
});
