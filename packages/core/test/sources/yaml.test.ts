import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { parsePlainMapping, parseYaml, parseYamlMap, yamlInteger } from '../../src/sources/yaml.ts';

describe('a YAML document', () => {
  it('has text, null, lists and mappings, and nothing else', () => {
    const value = parseYaml(
      'id: 1e10\nversion: 1.10\nyes: on\nempty:\nnone: null\nquoted: "null"\ndate: 2026-11-23\nlist: [1, ~]\nlong: >-\n  a\n  b\n',
      'it',
    );
    expect(value).toEqual(
      new Map<string, unknown>([
        ['id', '1e10'],
        ['version', '1.10'],
        ['yes', 'on'],
        ['empty', null],
        ['none', null],
        ['quoted', 'null'],
        ['date', '2026-11-23'],
        ['list', ['1', null]],
        ['long', 'a b'],
      ]),
    );
  });

  it('constructs nothing that its tags ask for, and keeps no prototype', () => {
    const value = parseYamlMap('a: !!python/object/apply:os.system [rm]\n__proto__: {b: 1}\n', 'it');
    expect(value.get('a')).toEqual(['rm']);
    expect(value.get('__proto__')).toEqual(new Map([['b', '1']]));
  });

  it.each([
    ['[', 'not YAML'],
    ['a: b: c', 'not YAML'],
    ['just text', 'not a YAML mapping'],
    ['\tx', 'not YAML'],
  ])('that is %j is damaged', (text, told) => {
    expect(() => parseYamlMap(text, 'meta.yaml')).toThrow(told);
  });

  it.each([
    ['deep', '['.repeat(10_000)],
    ['large', 'a'.repeat(2 * 1024 * 1024)],
    ['within itself', 'a: &a [*a]\n'],
    ['a bomb', bomb()],
  ])('that is %s is an error', (_, text) => {
    expect(() => parseYaml(text, 'it')).toThrow(/^it (has|holds|is not)/);
  });

  it('that is simple is read by the short way as by the long one', () => {
    const scalar = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'ab1 .:/-_\'#~"\\e+@=!&*[]{},|>%`?') }),
      fc.constantFrom(
        'null',
        '~',
        '1e10',
        "''",
        "'a'",
        'a #b',
        'a: b',
        '- a',
        'true',
        '0x1',
        "'a''b'",
        'file:///x y',
      ),
    );
    const document = fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'c_d', 'E1'), scalar), { minLength: 1, maxLength: 4 })
      .map((lines) => lines.map(([key, value]) => `${key}: ${value}\n`).join(''));
    fc.assert(
      fc.property(document, (text) => {
        const short = parsePlainMapping(text);
        if (short === null) return;
        const long = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' });
        expect(long.errors).toEqual([]);
        expect(short).toEqual(parseYaml(`${text}# so that it is read by the long way\n`, 'it'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('counts only with what is written as a whole number', () => {
    const integers = ['12', '-3', '1e3', '1.0', '', null, '99999999999999999'].map((value) =>
      yamlInteger(value),
    );
    expect(integers).toEqual([12, -3, null, null, null, null, null]);
  });
});

function bomb(): string {
  const lines = ['l0: &l0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level += 1)
    lines.push(
      `l${level}: &l${level} [${Array(9)
        .fill(`*l${level - 1}`)
        .join(', ')}]`,
    );
  return `${lines.join('\n')}\n`;
}
