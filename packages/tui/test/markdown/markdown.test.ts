import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseInline } from '../../src/markdown/inline.ts';
import { renderMarkdown } from '../../src/markdown/render.ts';
import { lineWidth, plainText } from '../../src/text/line.ts';

const render = (text: string, width = 40) =>
  renderMarkdown(text, width).map((line) => plainText(line).trimEnd());

describe('a model card', () => {
  test('begins behind its metadata, and without its comments', () => {
    expect(render('---\nlicense: mit\n---\n<!-- hidden\nlines -->\ntext')).toEqual(['text']);
  });

  test('has headings of both kinds', () => {
    expect(render('# One\n\nTwo\n---\n\n### Three ###')).toEqual([
      'One',
      '═══',
      '',
      'Two',
      '───',
      '',
      'Three',
    ]);
  });

  test('has lists, deep, numbered and with boxes', () => {
    expect(render('- a\n  - b\n    goes on\n1. c\n- [ ] open\n- [x] done')).toEqual([
      '• a',
      '  • b goes on',
      '1. c',
      '☐ open',
      '☑ done',
    ]);
  });

  test('has code as it stands, fenced and indented', () => {
    expect(render('```py\n**x** = 1\n\n```\n\n    y')).toEqual(['  │ **x** = 1', '  │', '', '  │ y']);
  });

  test('has tables, cut where they are too wide', () => {
    expect(render('| a | b |\n|---|:-:|\n| 1 | `x \\| y` |')).toEqual(['a │ b', '──┼──────', '1 │ x | y']);
    const wide = renderMarkdown(`| a | b |\n|---|---|\n| ${'x'.repeat(50)} | 2 |`, 20);
    for (const line of wide) expect(lineWidth(line)).toBe(20);
  });

  test('has quotes and rules', () => {
    expect(render('> said\n> so\n\n***', 10)).toEqual(['▎ said so', '', '──────────']);
  });

  test('may be anything: it becomes lines that fit', () => {
    const pieces = fc.constantFrom(
      '# ',
      '- ',
      '1. ',
      '```',
      '|',
      '---',
      '**',
      '_',
      '`',
      '[',
      '](',
      ')',
      '\n',
      'a',
      ' ',
      '>',
      '\\',
      '<b>',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), fc.integer({ min: 12, max: 60 }), (parts, width) => {
        for (const line of renderMarkdown(parts.join(''), width))
          expect(lineWidth(line)).toBeLessThanOrEqual(width + 14);
      }),
    );
  });
});

describe('within a line', () => {
  const tones = (text: string) => parseInline(text).map(({ text: shown, tone }) => `${tone}:${shown}`);

  test('code, emphasis and links stand out', () => {
    expect(tones('a `b*c*` **d** *e* __f__ _g_ h_i_j')).toEqual([
      'plain:a ',
      'code:b*c*',
      'plain: ',
      'strong:d',
      'plain: ',
      'emphasis:e',
      'plain: ',
      'strong:f',
      'plain: ',
      'emphasis:g',
      'plain: h_i_j',
    ]);
    expect(tones('[text](https://x.org) <https://y.org> ![alt](z.png)')).toEqual([
      'link:text',
      'faint: (https://x.org)',
      'plain: ',
      'link:https://y.org',
      'plain: ',
      'faint:[image: alt]',
    ]);
  });

  test('escapes and tags', () => {
    expect(tones('\\*a\\* <br/>b 2 < 3')).toEqual([
      'plain:*',
      'plain:a',
      'plain:*',
      'plain: ',
      'plain:b 2 < 3',
    ]);
  });
});
