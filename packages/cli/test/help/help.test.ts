import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { synopsis } from '../../src/command.ts';
import { COMMAND_NAMES, loadCommand, loadCommands, TOPICS } from '../../src/commands/table.ts';
import { GLOBAL_OPTIONS } from '../../src/globals.ts';
import { commandHelp, overallHelp } from '../../src/help/help.ts';
import { referencePage } from '../../src/help/reference.ts';
import { wrap } from '../../src/help/text.ts';
import { styleFor } from '../../src/output/style.ts';

const commands = await loadCommands();
const plain = styleFor(false);

describe('the command table', () => {
  test('every command is found under its own name', async () => {
    expect(commands.map(({ name }) => name)).toEqual(COMMAND_NAMES);
    expect(await loadCommand('toString')).toBeNull();
  });

  test('every command of two words has a topic that is told about, or stands beside import', () => {
    const topics = COMMAND_NAMES.filter((name) => name.includes(' ')).map((name) => name.split(' ')[0]!);
    const isCommand = (topic: string) => COMMAND_NAMES.includes(topic);
    expect([...new Set(topics)].filter((topic) => !isCommand(topic)).sort()).toEqual(
      Object.keys(TOPICS).sort(),
    );
    expect(topics.filter(isCommand)).toEqual(['import']);
    for (const name of COMMAND_NAMES) expect(name).toMatch(/^[a-z-]+( [a-z-]+)?$/);
  });

  test.each(commands)('$name has options that clash neither with each other nor with the global ones', ({
    options,
  }) => {
    const all = [...Object.entries(options), ...Object.entries(GLOBAL_OPTIONS)];
    const shorts = all.flatMap(([, option]) => ('short' in option && option.short ? [option.short] : []));
    expect(new Set(all.map(([name]) => name)).size).toBe(all.length);
    expect(new Set(shorts).size).toBe(shorts.length);
  });

  test.each(commands)('$name has only its last argument optional, and one of many words', (command) => {
    const all = Object.values(command.arguments);
    expect(all.slice(0, -1).some((argument) => argument.optional)).toBe(false);
    const many = all.filter((argument) => argument.many);
    expect(many.length).toBeLessThanOrEqual(1);
    // What follows many words takes the last ones, so that it must be there.
    expect(many.length === 1 && all.at(-1) !== many[0] && all.at(-1)!.optional).not.toBe(true);
  });

  test.each(commands)('$name has examples that begin with a command there is', ({ examples }) => {
    for (const { line } of examples)
      expect(line).toMatch(new RegExp(`cairn (${COMMAND_NAMES.join('|')})\\b`));
  });

  test.each(commands)('$name has a summary that fits into a list', ({ summary }) => {
    expect(summary).toMatch(/^[a-z].{5,60}[^.]$/);
  });
});

describe('help', () => {
  test('the overview names every command and every global option', async () => {
    const text = await overallHelp(plain);
    for (const name of COMMAND_NAMES) expect(text).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    for (const name of Object.keys(GLOBAL_OPTIONS)) expect(text).toContain(`--${name}`);
  });

  test.each(commands)('the help of $name names all its arguments, options and examples', (command) => {
    const text = commandHelp(command, plain);
    for (const { placeholder } of Object.values(command.arguments)) expect(text).toContain(placeholder);
    for (const name of Object.keys(command.options)) expect(text).toContain(`--${name}`);
    for (const { line } of command.examples) expect(text).toContain(line);
  });

  test('no line of help is wider than 80 columns', async () => {
    const texts = [await overallHelp(plain), ...commands.map((command) => commandHelp(command, plain))];
    const wide = texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 80);
    expect(wide).toEqual([]);
  });

  test('a word that is too long for a line stands alone', () => {
    expect(wrap('a verylongword b', 5)).toEqual(['a', 'verylongword', 'b']);
  });
});

test('docs/cli.md is what the command table says', () => {
  const page = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
  expect(page).toBe(referencePage(commands));
});

test('an argument that can be left out stands in brackets, in one pair where it is one word', () => {
  const optional = (placeholder: string, many?: true) =>
    synopsis({
      ...commands[0]!,
      name: 'x',
      arguments: { it: { placeholder, summary: '', optional: true, ...(many && { many }) } },
      options: {},
    });
  expect(optional('<dir>')).toBe('cairn x [dir]');
  expect(optional('<path>', true)).toBe('cairn x [path...]');
  expect(optional('<model>@<version>')).toBe('cairn x [<model>@<version>]');
});
