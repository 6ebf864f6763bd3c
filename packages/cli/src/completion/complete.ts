import { tokensOf } from '../arguments/tokens.ts';
import type { Command } from '../command.ts';
import { nameOf } from '../commands/find.ts';
import { FIRST_WORDS, loadCommand, loadCommands, secondWords, TOPICS } from '../commands/table.ts';
import type { ArgumentDescriptor, CompletionKind, Options } from '../descriptor.ts';
import { GLOBAL_OPTIONS } from '../globals.ts';
import type { Candidate, Completion } from './answer.ts';
import { completeKind, type Names } from './kinds.ts';

/**
 * Completes the last of the words after `cairn`. The names in the registry are looked up only where one can stand;
 * `--registry` among the words is handed on.
 */
export async function completeWords(
  words: readonly string[],
  namesOf: (registry: string | undefined) => Names,
): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const name = nameOf(placeOf(before, GLOBAL_OPTIONS).arguments);
  const command = name === null ? null : await loadCommand(name);
  const options: Options = { ...command?.options, ...GLOBAL_OPTIONS };
  const place = placeOf(before, options);
  const reference = place.arguments[wordsOf(command)];
  const complete = (kind: CompletionKind | undefined, typed: string) =>
    completeKind(kind, { typed, reference, names: namesOf(place.registry) });

  if (place.value !== null) return complete(options[place.value]?.completes, current);
  if (place.ended || !current.startsWith('-')) return completeArgument(command, { place, current, complete });
  const [, inline, typed] = /^--([\w-]+)=(.*)$/s.exec(current) ?? [];
  if (inline === undefined || typed === undefined) return optionNames(options, place.used);
  const { candidates, end } = await complete(options[inline]?.completes, typed);
  return { candidates: candidates.map(({ value }) => ({ value: `--${inline}=${value}` })), end };
}

/** What has been typed before the cursor. */
interface Place {
  /** The option whose value is being typed. */
  readonly value: string | null;
  /** Whether `--` has ended the options. */
  readonly ended: boolean;
  readonly used: ReadonlySet<string>;
  /** The arguments so far, of which the first, or the first two, are the command. */
  readonly arguments: readonly string[];
  readonly registry: string | undefined;
}

function placeOf(before: readonly string[], options: Options): Place {
  const tokens = tokensOf(before, options);
  const used = tokens.flatMap((token) => (token.kind === 'option' ? [token] : []));
  const last = tokens.at(-1);
  const waits =
    last?.kind === 'option' && last.value === undefined && options[last.name]?.value !== undefined;
  return {
    value: waits ? last.name : null,
    ended: tokens.some((token) => token.kind === 'option-terminator'),
    used: new Set(used.map((token) => token.name)),
    arguments: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
    registry: used.findLast((token) => token.name === 'registry')?.value,
  };
}

function optionNames(options: Options, used: ReadonlySet<string>): Completion {
  const left = Object.entries(options).filter(([name, option]) => option.many || !used.has(name));
  return { candidates: left.map(([name, { summary }]) => ({ value: `--${name}`, summary })), end: 'word' };
}

interface ArgumentPlace {
  readonly place: Place;
  readonly current: string;
  readonly complete: (kind: CompletionKind | undefined, typed: string) => Promise<Completion>;
}

async function completeArgument(
  command: Command | null,
  { place, current, complete }: ArgumentPlace,
): Promise<Completion> {
  if (!command) return { candidates: await commandCandidates(place.arguments), end: 'word' };
  const argument = argumentAt(command, place.arguments.length - wordsOf(command));
  if (argument?.choices) return { candidates: argument.choices.map((value) => ({ value })), end: 'word' };
  return complete(argument?.completes, current);
}

function argumentAt(command: Command, index: number): ArgumentDescriptor | undefined {
  const all = Object.values(command.arguments);
  const last = all.at(-1);
  return all[index] ?? (all.some(({ many }) => many) ? last : undefined);
}

/** How many words name a command. */
function wordsOf(command: Command | null): number {
  return command === null ? 1 : command.name.split(' ').length;
}

/** The words that a command can begin with, or, behind a topic, its second words. */
async function commandCandidates([topic]: readonly string[]): Promise<Candidate[]> {
  const commands = await loadCommands();
  const summaryOf = (name: string) => commands.find((command) => command.name === name)?.summary;
  const known = topic === undefined ? [] : secondWords(topic);
  if (known.length > 0) return known.map((word) => candidate(word, summaryOf(`${topic} ${word}`)));
  return FIRST_WORDS.map((word) => candidate(word, summaryOf(word) ?? TOPICS[word]));
}

function candidate(value: string, summary: string | undefined): Candidate {
  return summary === undefined ? { value } : { value, summary };
}
