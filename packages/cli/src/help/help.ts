import { type Command, synopsis } from '../command.ts';
import { loadCommands, TOPICS } from '../commands/table.ts';
import { type OptionDescriptor, type Options, optionSynopsis } from '../descriptor.ts';
import { GLOBAL_OPTIONS } from '../globals.ts';
import type { Style } from '../output/style.ts';
import { definitions, explanationColumn, HELP_WIDTH, wrap } from './text.ts';

/** What `cairn --help` prints: every command in one line, and the options they share. */
export async function overallHelp(style: Style): Promise<string> {
  const commands = await loadCommands();
  const groups = [...new Set(commands.map(({ group }) => group))];
  const column = explanationColumn(commands.map((command) => commandEntry(command)[0]));
  const sections = groups.map((group) => {
    const entries = commands.filter((command) => command.group === group).map(commandEntry);
    return section(group, definitions(entries, style.name, column), style);
  });
  return [
    'Cairn keeps machine-learning models and their versions in plain Git.\n',
    section('Usage', '  cairn <command> [options]\n', style),
    ...sections,
    section('Options of every command', optionList(GLOBAL_OPTIONS, style), style),
    '\ncairn <command> --help says more about one.\n',
  ].join('');
}

/** What `cairn <topic>` prints: its commands. */
export async function topicHelp(topic: string, style: Style): Promise<string> {
  const entries = (await loadCommands(topic)).map(commandEntry);
  return [
    `${style.heading(`cairn ${topic} <command> [options]`)}\n\n`,
    paragraph(sentence(TOPICS[topic] ?? topic)),
    section('Commands', definitions(entries, style.name), style),
    section('Options of every command', optionList(GLOBAL_OPTIONS, style), style),
    `\ncairn ${topic} <command> --help says more about one.\n`,
  ].join('');
}

/** What `cairn <command> --help` prints. */
export function commandHelp(command: Command, style: Style): string {
  const described = Object.values(command.arguments).map(
    ({ placeholder, summary }) => [placeholder, summary] as const,
  );
  const examples = command.examples.map(({ line, does }) => `  ${style.name(line)}\n      ${does}\n`);
  return [
    `${style.heading(synopsis(command))}\n\n`,
    ...[sentence(command.summary), ...(command.details ?? [])].map(paragraph),
    described.length > 0 ? section('Arguments', definitions(described, style.name), style) : '',
    Object.keys(command.options).length > 0
      ? section('Options', optionList(command.options, style), style)
      : '',
    examples.length > 0 ? section('Examples', examples.join(''), style) : '',
    section('Options of every command', optionList(GLOBAL_OPTIONS, style), style),
  ].join('');
}

function section(title: string, body: string, style: Style): string {
  return `\n${style.heading(title)}\n${body}`;
}

function paragraph(text: string): string {
  return `${wrap(text, HELP_WIDTH).join('\n')}\n`;
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function commandEntry(command: Command): readonly [string, string] {
  const term = synopsis(command)
    .replace(/^cairn /, '')
    .replace(/ \[options\]$/, '');
  return [term, command.summary];
}

function optionList(options: Options, style: Style): string {
  const entries = Object.entries(options).map(
    ([name, option]) => [optionTerm(name, option), option.summary] as const,
  );
  return definitions(entries, style.name);
}

function optionTerm(name: string, option: OptionDescriptor): string {
  const long = optionSynopsis(name, option);
  return option.short === undefined ? `    ${long}` : `-${option.short}, ${long}`;
}
