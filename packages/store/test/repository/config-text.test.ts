import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBoolean, parseConfig } from '../../src/repository/config-text.ts';

/** What the real Git reads in a configuration; null when it refuses the file. */
function byGit(text: string): [string, string][] | null {
  using folder = temporaryFolder();
  const path = join(folder.path, 'config');
  writeFileSync(path, text);
  try {
    const list = git(folder.path, ['config', '--no-includes', '--file', path, '--list', '-z']).toString();
    return list
      .split('\0')
      .slice(0, -1)
      .map((setting) => {
        const end = setting.indexOf('\n');
        return end < 0 ? [setting, 'true'] : [setting.slice(0, end), setting.slice(end + 1)];
      });
  } catch {
    return null;
  }
}

function byUs(text: string): [string, string][] | null {
  try {
    return [...parseConfig(text)].flatMap(([key, values]) =>
      values.map((value): [string, string] => [key, value]),
    );
  } catch (error) {
    expect(error).toMatchObject({ code: 'damaged' });
    return null;
  }
}

/** Values by key. Older Git makes a blank of a tab inside a value. */
function grouped(settings: [string, string][] | null): Map<string, string[]> | null {
  if (settings === null) return null;
  const groups = new Map<string, string[]>();
  for (const [key, value] of settings)
    groups.set(key, [...(groups.get(key) ?? []), value.replaceAll('\t', ' ')]);
  return groups;
}

describe('a configuration is read as Git reads it', () => {
  test.each([
    ['nothing', ''],
    [
      'sections, subsections and cases',
      '[Core]\n\tBare = true\n[remote "Origin"]\n\turl=x\n[a.B]\nc=1\n[x-1.Y "Z.z"]\nq-1=2\n',
    ],
    ['comments and blank lines', '# one\n\n; two\n[a] # three\n  b = c ; d\n  e = "f # g" # h\n'],
    ['a setting in the line of its section', '[a] b = c\n[d] e\n'],
    ['a name without a value', '[a]\nb\nc=\n'],
    ['quotes and escapes', '[a]\nb = "  c " d\\te\\\\f\\"g "h"i\n'],
    ['subsections with escapes', '[a "b\\"c\\\\d"]\ne = f\n'],
    ['values over several lines', '[a]\nb = c\\\n d\\\n  e\nf = "g\\\nh"\n'],
    ['many values', '[a]\nb = 1\nc = 3\n[A]\nB = 2\n'],
    ['carriage returns', '[a]\r\n\tb = c\r\n\td = "e"\r\n'],
    ['no last line break', '[a]\nb = c'],
    ['a byte order mark', '\ufeff[a]\nb = c\n'],
    ['text in any script', '[a "ü"]\nb = é\u{1f600}\n'],
    ['a section inside out', '[a\nb = c\n'],
    ['a name with a dot', '[a]\nb.c = d\n'],
    ['a name that begins with a digit', '[a]\n1b = d\n'],
    ['an open quote', '[a]\nb = "c\n'],
    ['an unknown escape', '[a]\nb = c\\q\n'],
    ['an unquoted subsection', '[a b]\nc = d\n'],
    ['a comment after a name', '[a]\nb # c\n'],
    ['an empty section', '[]\nb = c\n'],
    ['garbage', '\u0001\u0002'],
  ])('%s', (_, text) => {
    expect(grouped(byUs(text))).toEqual(grouped(byGit(text)));
  });

  test('whatever is put together', () => {
    const piece = fc.constantFrom(
      '[a]',
      '[b "c"]',
      '\n',
      ' ',
      'x',
      '= ',
      '"',
      '\\',
      '\\n',
      '#',
      'y=z',
      '\t',
      ']',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = `[s]\n${pieces.join('')}\n`;
        const [ours, theirs] = [grouped(byUs(text)), grouped(byGit(text))];
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 60 },
    );
  });

  test('except that a setting needs a section', () => {
    expect(byUs('b = c\n')).toBe(null);
  });

  test('an error names the line', () => {
    expect(() => parseConfig('[a]\nb = c\n\n!\n')).toThrow(/malformed configuration in line 4/);
  });
});

test('booleans are those of Git', () => {
  expect(['true', 'YES', 'on', '1', '17'].map(parseBoolean)).toEqual(Array(5).fill(true));
  expect(['false', 'no', 'Off', '0', ''].map(parseBoolean)).toEqual(Array(5).fill(false));
  expect(['maybe', '-', 'truely'].map(parseBoolean)).toEqual(Array(3).fill(null));
});
