import { bindArguments, parseWords, type SplitLine } from './arguments/parse.ts';
import type { Command } from './command.ts';
import { findCommand, isTopic, nameOf, splitName } from './commands/find.ts';
import type { Context, World } from './context.ts';
import { OutputClosed } from './errors.ts';
import { describeFailure, EXIT } from './failure.ts';
import type { GLOBAL_OPTIONS, Globals } from './globals.ts';
import { formatFailure } from './output/failure.ts';
import { styleFor } from './output/style.ts';

/** Runs one command line from its words to its exit code. Whatever goes wrong is printed here, and nowhere else. */
export async function runCommandLine(line: readonly string[], world: World): Promise<number> {
  try {
    return await dispatch(line, world);
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT.done;
    const failure = describeFailure(error, world.signal.aborted);
    const form = {
      json: isGiven(line, '--json'),
      colour: world.terminal.err.hasColour && !isGiven(line, '--no-color'),
    };
    await world.terminal.err.write(formatFailure(failure, form));
    if (world.variables.CAIRN_DEBUG === '1') await world.terminal.err.write(`${stackOf(error)}\n`);
    return failure.exitCode;
  }
}

async function dispatch(line: readonly string[], world: World): Promise<number> {
  const split = splitName(line);
  if (split.name === null || split.name === 'help') return runWithoutCommand(split, world);
  if (split.name === '__complete') return answerShell(split, world);
  if (isTopic(split.name)) return runTopic(split.name, split, world);
  const command = await findCommand(split.name);
  const parsed = parseWords(split.rest, command.options);
  const context = contextOf(world, parsed.globals);
  if (parsed.globals.version) return printVersion(context);
  if (parsed.globals.help) return printHelp(context, { command });
  return command.run(context, bindArguments(command, parsed));
}

/** `cairn`, `cairn --help`, `cairn --version` and `cairn help add`. */
async function runWithoutCommand({ name, rest }: SplitLine, world: World): Promise<number> {
  const parsed = parseWords(rest, {});
  const context = contextOf(world, parsed.globals);
  if (parsed.globals.version) return printVersion(context);
  const about = nameOf(parsed.arguments);
  if (about !== null && isTopic(about)) return printHelp(context, { topic: about });
  if (about !== null) return printHelp(context, { command: await findCommand(about) });
  if (name === 'help' || parsed.globals.help) return printHelp(context, {});
  const { printOverview } = await import('./overview.ts');
  return printOverview(context);
}

/** `cairn key` without a second word. */
async function runTopic(topic: string, { rest }: SplitLine, world: World): Promise<number> {
  const parsed = parseWords(rest, {});
  const context = contextOf(world, parsed.globals);
  return parsed.globals.version ? printVersion(context) : printHelp(context, { topic });
}

/** What the completion scripts call. It is no part of the table, as nobody else has a use for it. */
async function answerShell({ rest }: SplitLine, world: World): Promise<number> {
  const { respondToShell } = await import('./completion/respond.ts');
  const parsed = parseWords(rest, {});
  await respondToShell(contextOf(world, parsed.globals), parsed.arguments);
  return EXIT.done;
}

function contextOf(world: World, globals: Globals): Context {
  return { ...world, globals, style: styleFor(world.terminal.out.hasColour && globals.colour) };
}

/** Help about one command, about those of a topic, or about all. */
async function printHelp(
  context: Context,
  { command, topic }: { readonly command?: Command; readonly topic?: string },
): Promise<number> {
  const { commandHelp, overallHelp, topicHelp } = await import('./help/help.ts');
  const { style, terminal } = context;
  const others = () => (topic === undefined ? overallHelp(style) : topicHelp(topic, style));
  await terminal.out.write(command ? commandHelp(command, style) : await others());
  return EXIT.done;
}

async function printVersion(context: Context): Promise<number> {
  const { cairnVersion } = await import('./version.ts');
  const { print } = await import('./output/print.ts');
  const cairn = cairnVersion();
  await print(context, { json: { cairn, node: context.nodeVersion }, text: () => `cairn ${cairn}\n` });
  return EXIT.done;
}

/** Looks at the words as they are: the form of an error must not depend on whether they could be understood. */
function isGiven(line: readonly string[], option: `--${keyof typeof GLOBAL_OPTIONS}`): boolean {
  const end = line.indexOf('--');
  return line.slice(0, end < 0 ? undefined : end).includes(option);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\ncaused by: ${stackOf(error.cause)}`;
}
