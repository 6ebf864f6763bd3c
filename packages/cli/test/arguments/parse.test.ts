import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bindArguments, parseWords, splitCommandLine } from '../../src/arguments/parse.ts';
import { defineCommand } from '../../src/command.ts';
import type { Options } from '../../src/descriptor.ts';

const OPTIONS = {
  message: { short: 'm', value: 'text', summary: '' },
  base: { value: 'version', summary: '' },
  metric: { value: 'key=number', many: true, summary: '' },
  create: { summary: '' },
} as const satisfies Options;

const COMMAND = defineCommand({
  name: 'add',
  group: 'Versions',
  summary: '',
  arguments: {
    version: { placeholder: '<model>@<version>', summary: '' },
    paths: { placeholder: '<path>', summary: '', many: true },
  },
  options: OPTIONS,
  examples: [],
  run: async () => 0,
});

const LS = defineCommand({
  name: 'ls',
  group: 'Look',
  summary: '',
  arguments: { model: { placeholder: '<model>', summary: '', optional: true } },
  options: {},
  examples: [],
  run: async () => 0,
});

function failure(run: () => unknown): { message: string; hint?: string; code: string } {
  try {
    run();
  } catch (error) {
    return error as ReturnType<typeof failure>;
  }
  throw new Error('nothing was thrown');
}

describe('finding the command', () => {
  test('the first word that is no option is the command', () => {
    expect(splitCommandLine(['ls', 'stockpred'])).toEqual({ name: 'ls', rest: ['stockpred'] });
  });

  test('global options and their values may stand before it', () => {
    expect(splitCommandLine(['--registry', 'add', '-q', 'ls', '--json'])).toEqual({
      name: 'ls',
      rest: ['--registry', 'add', '-q', '--json'],
    });
  });

  test('an empty line and one of options only name none', () => {
    expect(splitCommandLine([]).name).toBeNull();
    expect(splitCommandLine(['--help']).name).toBeNull();
  });

  test('an option of a command cannot stand before the command', () => {
    expect(failure(() => splitCommandLine(['--metric', 'a=1', 'add'])).message).toBe(
      'unknown option --metric',
    );
  });
});

describe('reading options', () => {
  test('options may stand before, between and after arguments', () => {
    const parsed = parseWords(
      ['-m', 'text', 'm@v', '--metric', 'a=1', 'path', '--metric=b=2', '--create'],
      OPTIONS,
    );
    expect(parsed.arguments).toEqual(['m@v', 'path']);
    expect(parsed.options).toEqual({
      message: 'text',
      base: undefined,
      metric: ['a=1', 'b=2'],
      create: true,
    });
  });

  test('global options are kept apart from those of the command', () => {
    const parsed = parseWords(['--json', '--registry', 'dir', '--no-color', '-q'], OPTIONS);
    expect(parsed.globals).toEqual({
      registry: 'dir',
      json: true,
      quiet: true,
      colour: false,
      version: false,
      help: false,
    });
  });

  test('what stands after -- is never an option', () => {
    expect(parseWords(['--', '--json', '-m'], OPTIONS).arguments).toEqual(['--json', '-m']);
  });

  test('a single dash is an argument', () => {
    expect(parseWords(['-'], OPTIONS).arguments).toEqual(['-']);
  });

  test('the order of arguments and options is kept', () => {
    expect(parseWords(['a', '--base', 'v1', 'b'], OPTIONS).words).toEqual([
      { kind: 'argument', value: 'a' },
      { kind: 'option', name: 'base', value: 'v1' },
      { kind: 'argument', value: 'b' },
    ]);
  });

  test('an unknown option is refused with the one that was probably meant', () => {
    expect(failure(() => parseWords(['--mesage', 'x'], OPTIONS))).toMatchObject({
      code: 'usage',
      message: 'unknown option --mesage',
      hint: 'did you mean --message?',
    });
  });

  test('names that every object has are unknown options too', () => {
    for (const name of ['--constructor', '--__proto__', '--toString=x']) {
      expect(failure(() => parseWords([name], OPTIONS)).message).toMatch(/^unknown option/);
    }
  });

  test('an unknown short option is refused, in a group too', () => {
    expect(failure(() => parseWords(['-qz'], OPTIONS)).message).toBe('unknown option -z');
  });

  test('an option without its value is refused', () => {
    expect(failure(() => parseWords(['--base'], OPTIONS)).message).toBe(
      'option --base needs a value: --base <version>',
    );
  });

  test('a value that looks like an option is refused, unless written with an equals sign', () => {
    expect(failure(() => parseWords(['--base', '--json'], OPTIONS))).toMatchObject({
      message: "option --base needs a value, and '--json' looks like an option",
      hint: 'if it is meant as the value: --base=--json',
    });
    expect(parseWords(['--base=--json'], OPTIONS).options.base).toBe('--json');
  });

  test('a switch with a value is refused', () => {
    expect(failure(() => parseWords(['--create=yes'], OPTIONS)).message).toBe(
      'option --create takes no value',
    );
  });

  test('an option that is not a list is refused the second time', () => {
    expect(failure(() => parseWords(['--base', 'a', '--base', 'b'], OPTIONS)).message).toBe(
      'option --base is given twice',
    );
  });

  test('any words are read or refused as a usage error', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('--', '-', '--base', '-m', '--json', '--create', '--x=', '-='),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        try {
          const { words: read } = parseWords(words, OPTIONS);
          expect(read.length).toBeLessThanOrEqual(words.join('').length + words.length);
        } catch (error) {
          expect(error).toMatchObject({ name: 'CommandError', code: 'usage' });
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('naming arguments', () => {
  test('each argument gets its name, and the last takes all that are left', () => {
    const input = bindArguments(COMMAND, parseWords(['m@v', 'a', 'b'], COMMAND.options));
    expect(input.arguments).toEqual({ version: 'm@v', paths: ['a', 'b'] });
  });

  test('a missing argument is named, with the way the command is used', () => {
    const line = parseWords(['m@v'], COMMAND.options);
    expect(failure(() => bindArguments(COMMAND, line))).toMatchObject({
      message: 'add needs <path>',
      hint: 'usage: cairn add <model>@<version> <path...> [options]',
    });
  });

  test('an empty word is no argument, wherever it stands', () => {
    for (const [command, words] of [
      [COMMAND, ['', 'a']],
      [COMMAND, ['m@v', 'a', '']],
      [LS, ['']],
    ] as const) {
      const line = parseWords(words, command.options);
      expect(failure(() => bindArguments(command, line)).message).toMatch(
        /^<(model|model>@<version|path)> is empty$/,
      );
    }
  });

  test('an optional argument may be missing, and one too many is refused', () => {
    expect(bindArguments(LS, parseWords([], {})).arguments).toEqual({ model: undefined });
    expect(failure(() => bindArguments(LS, parseWords(['a', 'b'], {}))).message).toBe(
      "'b' is one word too many",
    );
  });
});
