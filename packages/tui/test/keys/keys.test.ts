import type { Key } from 'ink';
import { describe, expect, test } from 'vitest';
import { keysFromInk } from '../../src/keys/from-ink.ts';
import { hintBar, hintsOf } from '../../src/keys/hints.ts';
import { showKey, typedText } from '../../src/keys/key.ts';
import { lineWidth, plainText } from '../../src/text/line.ts';

const NO_KEY = {} as Key;

describe('what comes in', () => {
  test.each([
    ['a', NO_KEY, ['a']],
    ['日本', NO_KEY, ['日', '本']],
    ['jj\rx y', NO_KEY, ['j', 'j', 'enter', 'x', 'space', 'y']],
    ['', { upArrow: true }, ['up']],
    ['', { tab: true, shift: true }, ['shift+tab']],
    ['C', { ctrl: true }, ['ctrl+c']],
    ['x', { meta: true }, ['alt+x']],
    ['ab\u0013\u0000\u007f', NO_KEY, ['a', 'b', 'ctrl+s', 'backspace']],
    ['a', { eventType: 'release' }, []],
  ] as const)('%j is %j', (input, key, names) => {
    expect(keysFromInk(input, key as Key)).toEqual(names);
  });
});

test('keys are shown as people write them, and those that type nothing type nothing', () => {
  expect(['enter', 'ctrl+z', 'space', 'n', '?'].map(showKey)).toEqual(['↵', 'Ctrl-Z', 'Space', 'n', '?']);
  expect(['n', 'space', 'enter', 'ctrl+z', 'alt+x'].map(typedText)).toEqual(['n', ' ', null, null, null]);
});

describe('the bar at the bottom', () => {
  const bindings = (labels: readonly string[]) =>
    labels.map((label) => ({ keys: [label[0]!], label, run: () => undefined }));
  const barOf = (own: readonly string[], width: number) =>
    plainText(
      hintBar(hintsOf(bindings(own), null, false), hintsOf(bindings(['help', 'quit']), null, false), width),
    );

  test('keeps what works everywhere, and as much of the rest as fits', () => {
    expect(barOf(['open', 'new', 'delete'], 80)).toBe(' o open  n new  d delete  h help  q quit');
    expect(barOf(['open', 'new', 'delete'], 32)).toBe(' o open  n new  h help  q quit');
    expect(barOf(['open', 'new', 'delete'], 17)).toBe(' h help  q quit');
    for (let width = 4; width < 60; width += 1)
      expect(
        lineWidth([{ text: barOf(['open', 'new'], width) as never, tone: 'plain' }]),
      ).toBeLessThanOrEqual(width);
  });

  test('shows a key once: what it does here', () => {
    expect(barOf(['hide'], 60)).toBe(' h hide  q quit');
  });

  test('leaves out what does not work while text is typed', () => {
    const typing = [
      { keys: ['enter'], label: 'done', whileTyping: true as const, run: () => undefined },
      { keys: ['x'], label: 'remove', run: () => undefined },
    ];
    expect(plainText(hintBar(hintsOf(typing, null, true), [], 60))).toBe(' ↵ done');
  });
});
