import { type Command, synopsis } from '../command.ts';
import { type OptionDescriptor, type Options, optionSynopsis } from '../descriptor.ts';
import { EXIT } from '../failure.ts';
import { GLOBAL_OPTIONS } from '../globals.ts';
import { PROBLEM_SHAPE } from '../shapes/problem.ts';
import type { ShapeDocument } from '../shapes/shape.ts';

/** `docs/cli.md`: the command line in full, made from the commands' own descriptors. */
export function referencePage(commands: readonly Command[]): string {
  const blocks = [
    '# The command line',
    '<!-- Made by `npm run docs` from the command table in packages/cli/src/commands. Change it there. -->',
    ...INTRODUCTION,
    '## Options of every command',
    optionTable(GLOBAL_OPTIONS),
    '## Exit codes',
    EXIT_TABLE,
    '## JSON',
    ...JSON_RULES,
    ...shapeBlocks(PROBLEM_SHAPE, 'Behind `error` stands one'),
    '## Commands',
    commands
      .map(({ name, summary }) => `- [\`cairn ${name}\`](#cairn-${name.replaceAll(' ', '-')}): ${summary}`)
      .join('\n'),
    ...commands.flatMap(commandBlocks),
  ];
  return `${blocks.join('\n\n')}\n`;
}

const INTRODUCTION: readonly string[] = [
  'A reference names a model, a version of it, or a file of that: `model`, `model@version`, `model@latest`, ' +
    '`model@version:path`. Where no path can be meant, `model:version` is understood too.',
  'Options may stand before or after arguments, as `--option value` or `--option=value`; `--` ends them. ' +
    'The registry is the folder given by `--registry`, else by the variable `CAIRN_REGISTRY`, else the first one ' +
    'from the working folder upwards. `cairn` alone lists its models.',
  'Data goes to standard output. Progress (on a terminal only), notes, confirmations, questions and errors go to ' +
    'standard error. Names, descriptions and cards are shown without control characters and without characters ' +
    'that change the direction of text; JSON has them escaped, and `cairn cat` writes bytes as they are.',
  'Ctrl-C ends a command cleanly: what it was making is not there, and everything else is as before. A second ' +
    'Ctrl-C ends it at once. `CAIRN_DEBUG=1` adds the stack to an error.',
];

const EXIT_TABLE = [
  '| code | meaning | error codes |',
  '|---|---|---|',
  `| ${EXIT.done} | done | |`,
  `| ${EXIT.failed} | failed | \`failed\`, \`no-space\`, \`read-only\`, \`denied\`, \`bug\` |`,
  `| ${EXIT.usage} | used wrongly | \`usage\`, \`invalid\` |`,
  `| ${EXIT.notFound} | not found | \`not-found\` |`,
  `| ${EXIT.refused} | refused | \`exists\`, \`damaged\`, \`hostile\`, \`locked\`, \`conflict\`, \`changed\`, \`unsupported\`, \`refused\`, \`wrong-key\` |`,
  `| ${EXIT.interrupted} | interrupted | \`cancelled\` |`,
].join('\n');

const JSON_RULES: readonly string[] = [
  'With `--json` every command that prints data, or confirms what it did, prints one JSON value to standard output ' +
    'instead. Times are ISO 8601, sizes are bytes. Fields are never taken away or given another meaning; new ones ' +
    'may be added.',
  'Errors are one line on standard error: `{"error":{"code":…,"message":…,"hint":…}}`.',
];

function commandBlocks(command: Command): string[] {
  const argumentRows = Object.values(command.arguments).map(({ placeholder, summary }) => [
    `\`${placeholder}\``,
    summary,
  ]);
  const examples = command.examples.map(({ line, does }) => `# ${does}\n${line}`);
  return [
    `### cairn ${command.name}`,
    `\`\`\`\n${synopsis(command)}\n\`\`\``,
    `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
    ...(command.details ?? []),
    ...(argumentRows.length > 0 ? [table(['argument', 'meaning'], argumentRows)] : []),
    ...(Object.keys(command.options).length > 0 ? [optionTable(command.options)] : []),
    ...(examples.length > 0 ? [`\`\`\`sh\n${examples.join('\n\n')}\n\`\`\``] : []),
    ...(command.json ?? []).flatMap(({ shape, when, list }) =>
      shapeBlocks(shape, `\`--json\`${when ? `, ${when}` : ''}: ${list ? 'a list of' : 'one'}`),
    ),
  ];
}

function optionTable(options: Options): string {
  return table(
    ['option', 'meaning'],
    Object.entries(options).map(([name, option]) => [optionCell(name, option), option.summary]),
  );
}

function optionCell(name: string, option: OptionDescriptor): string {
  const long = `\`${optionSynopsis(name, option)}\``;
  return option.short === undefined ? long : `\`-${option.short}\`, ${long}`;
}

function shapeBlocks(shape: ShapeDocument, before: string): string[] {
  const rows = Object.entries(shape.fields).map(([name, [type, meaning]]) => [`\`${name}\``, type, meaning]);
  return [`${before} **${shape.name}**:`, table(['field', 'type', 'meaning'], rows)];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}
