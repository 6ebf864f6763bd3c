import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HidingInput, readHiddenLine, typed } from '../../src/secrets/hidden-line.ts';

/** A terminal of which is noted when it shows what is typed and when not. */
function terminal() {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => void modes.push(raw) });
  return { input: input as HidingInput & PassThrough, modes };
}

const never = new AbortController().signal;

describe('what is typed', () => {
  test.each([
    ['a line and Enter', 'secret\r', 'secret'],
    ['a line feed in its place', 'secret\n', 'secret'],
    ['backspace, in both of its codes', 'secr\u007f\bcret\r', 'secret'],
    ['more backspaces than letters', 'a\u007f\u007f\u007fb\r', 'b'],
    ['backspace behind a letter of two units', 'a\u{1f511}\u007fb\r', 'ab'],
    ['Ctrl-U', 'wrong\u0015right\r', 'right'],
    ['Ctrl-D within the line, which does nothing', 'a\u0004b\r', 'ab'],
    ['arrows, function keys and other controls', 'a\u001b[D\u001b[1;5C\u001bOPb\u0001\u001bc\r', 'abc'],
    ['what is pasted, without the marks around it', '\u001b[200~pa ste\u001b[201~\r', 'pa ste'],
    ['spaces at both ends, and a tab', ' a\tb \r', ' a\tb '],
    ['nothing', '\r', ''],
  ])('%s', (_, keys, line) => {
    expect(typed('', keys)).toEqual({ line, end: 'line', rest: '' });
  });

  test('Ctrl-C ends it at any place, and Ctrl-D where nothing stands', () => {
    expect(typed('', 'abc\u0003d')).toMatchObject({ end: 'interrupt' });
    expect(typed('', '\u0004')).toMatchObject({ end: 'nothing' });
    expect(typed('', 'a\u007f\u0004')).toMatchObject({ end: 'nothing' });
  });

  test('what is behind the line stays for the next one', () => {
    expect(typed('', 'one\r\ntwo\r')).toEqual({ line: 'one', end: 'line', rest: 'two\r' });
    expect(typed('', 'one\n\ntwo')).toEqual({ line: 'one', end: 'line', rest: '\ntwo' });
  });

  test('letters come to the same line however they are divided', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const clean = (text: string) => text.replace(/[\p{Cc}\p{Cs}]/gu, '');
        const first = typed('', clean(a));
        expect(typed(first.line, `${clean(b)}\r`).line).toBe(clean(a) + clean(b));
      }),
    );
  });
});

describe('reading it from a terminal', () => {
  test('shows nothing before the line has ended, and everything afterwards', async () => {
    const { input, modes } = terminal();
    const line = readHiddenLine(input, never);
    expect(modes).toEqual([true]);
    input.write('sec');
    input.write('ret\r');
    expect(await line).toEqual({ kind: 'line', text: 'secret' });
    expect(modes).toEqual([true, false]);
    expect(input.listenerCount('data')).toBe(0);
  });

  test('puts a letter together whose bytes come apart', async () => {
    const { input } = terminal();
    const line = readHiddenLine(input, never);
    const bytes = Buffer.from('caf\u00e9\r');
    for (const byte of bytes) input.write(Buffer.of(byte));
    expect(await line).toEqual({ kind: 'line', text: 'caf\u00e9' });
  });

  test('gives a second line that was pasted with the first', async () => {
    const { input } = terminal();
    input.write('same\rsame\r');
    expect(await readHiddenLine(input, never)).toEqual({ kind: 'line', text: 'same' });
    expect(await readHiddenLine(input, never)).toEqual({ kind: 'line', text: 'same' });
  });

  test('tells Ctrl-C, Ctrl-D and the end of the terminal', async () => {
    for (const [keys, outcome] of [
      ['\u0003', { kind: 'interrupt' }],
      ['\u0004', { kind: 'line', text: null }],
      ['', { kind: 'line', text: null }],
    ] as const) {
      const { input, modes } = terminal();
      const line = readHiddenLine(input, never);
      if (keys === '') input.end();
      else input.write(keys);
      expect(await line).toEqual(outcome);
      expect(modes).toEqual([true, false]);
    }
  });

  test('gives the terminal back when it is stopped, or fails', async () => {
    const interruption = new AbortController();
    const stopped = terminal();
    const line = readHiddenLine(stopped.input, interruption.signal);
    stopped.input.write('half');
    interruption.abort(new Error('stop'));
    await expect(line).rejects.toThrow('stop');
    const failing = terminal();
    const failed = readHiddenLine(failing.input, never);
    failing.input.destroy(new Error('gone'));
    await expect(failed).rejects.toThrow('gone');
    for (const { modes } of [stopped, failing]) expect(modes).toEqual([true, false]);
    await expect(readHiddenLine(terminal().input, interruption.signal)).rejects.toThrow('stop');
  });
});
