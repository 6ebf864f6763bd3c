import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { backgroundAnswer } from '../../src/terminal/background.ts';
import { InputFilter } from '../../src/terminal/input-filter.ts';
import { parsePointer } from '../../src/terminal/pointer.ts';
import { terminalProblem } from '../../src/terminal/terminal-problem.ts';
import { backgroundOf, colourDepth } from '../../src/theme/detect.ts';

/** What passes, and what is taken out, of input that comes in these chunks. */
async function filtered(...chunks: readonly string[]) {
  const source = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const taken: string[] = [];
  const filter = new InputFilter(source, (sequence) => taken.push(sequence));
  let passed = '';
  filter.on('data', (chunk) => {
    passed += chunk;
  });
  filter.setRawMode(true);
  for (const chunk of chunks) {
    source.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { passed, taken };
}

describe('the input', () => {
  test('passes but for the mouse and the answers of the terminal', async () => {
    expect(await filtered('a\u001b[<0;3;4Mb\u001b[A', '\u001b]11;rgb:00/00/00\u0007c')).toEqual({
      passed: 'ab\u001b[Ac',
      taken: ['\u001b[<0;3;4M', '\u001b]11;rgb:00/00/00\u0007'],
    });
  });

  test('is put together where it was cut', async () => {
    expect(
      await filtered('x\u001b[<6', '4;1;', '2Mü'.slice(0, 2), 'y', '\u001b]11;rgb:1/2', '/3\u001b', '\\z'),
    ).toEqual({
      passed: 'xyz',
      taken: ['\u001b[<64;1;2M', '\u001b]11;rgb:1/2/3\u001b\\'],
    });
  });

  test('a lone Esc is not kept', async () => {
    expect(await filtered('\u001b')).toEqual({ passed: '\u001b', taken: [] });
  });
});

test('the mouse presses and turns its wheel; nothing else matters', () => {
  expect(parsePointer('\u001b[<0;3;4M')).toEqual({ kind: 'press', column: 2, row: 3 });
  expect(parsePointer('\u001b[<65;1;1M')).toEqual({ kind: 'wheel-down', column: 0, row: 0 });
  expect(parsePointer('\u001b[<0;3;4m')).toBeNull();
  expect(parsePointer('\u001b[<2;3;4M')).toBeNull();
});

describe('the terminal', () => {
  const stream = (isTTY: boolean) => ({ isTTY }) as never;
  const problem = (variables: Record<string, string>, stdin = true, stdout = true) =>
    terminalProblem({ stdin: stream(stdin), stdout: stream(stdout), variables });

  test('must be one, and able to move its cursor', () => {
    expect(problem({ TERM: 'xterm' })).toBeNull();
    expect(problem({ TERM: 'dumb' })).toContain('TERM is dumb');
    expect(problem({}, false)).toContain('standard input is none');
    expect(problem({}, true, false)).toContain('standard output is none');
  });

  test.each([
    [{ TERM: 'xterm' }, '16'],
    [{ TERM: 'screen-256color' }, '256'],
    [{ TERM: 'xterm', COLORTERM: 'truecolor' }, 'true'],
    [{ TERM: 'xterm-256color', NO_COLOR: '1' }, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '' }, '256'],
    [{ TERM: 'xterm-direct' }, 'true'],
  ] as const)('%j shows %s colours', (variables, depth) => expect(colourDepth(variables)).toBe(depth));

  test('says what is behind the text', () => {
    expect(backgroundOf({ COLORFGBG: '0;default;15' })).toBe('light');
    expect(backgroundOf({ COLORFGBG: '15;0' })).toBe('dark');
    expect(backgroundOf({ COLORFGBG: '15;0', CAIRN_BACKGROUND: 'light' })).toBe('light');
    expect(backgroundAnswer('\u001b]11;rgb:ffff/ffff/e0e0\u001b\\')).toBe('light');
    expect(backgroundAnswer('\u001b]11;rgba:12/12/12/ff\u0007')).toBe('dark');
    expect(backgroundAnswer('\u001b]10;rgb:ff/ff/ff\u0007')).toBeNull();
  });
});
