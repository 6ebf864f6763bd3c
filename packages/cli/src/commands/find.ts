import { type SplitLine, splitCommandLine } from '../arguments/parse.ts';
import { suggestion } from '../arguments/suggest.ts';
import type { Command } from '../command.ts';
import { usageError } from '../errors.ts';
import { COMMAND_NAMES, FIRST_WORDS, loadCommand, secondWords } from './table.ts';

/** Takes a command's name out of a command line, or the topic when no second word follows it. */
export function splitName(line: readonly string[]): SplitLine {
  const first = splitCommandLine(line);
  if (first.name === null) return first;
  const [next, ...others] = first.rest;
  if (isSecond(first.name, next)) return { name: `${first.name} ${next}`, rest: others };
  if (!isTopic(first.name)) return first;
  const second = splitCommandLine(first.rest);
  return second.name === null ? first : { name: `${first.name} ${second.name}`, rest: second.rest };
}

/** The name that words begin with: two of them where the first is a topic; `null` without any. */
export function nameOf(words: readonly string[]): string | null {
  const [first, second] = words;
  if (first === undefined) return null;
  const isLonger = second !== undefined && (isTopic(first) || isSecond(first, second));
  return isLonger ? `${first} ${second}` : first;
}

/** Whether a word alone is no command, and with a second one is. */
export function isTopic(word: string): boolean {
  return secondWords(word).length > 0 && !COMMAND_NAMES.includes(word);
}

/** Whether a word makes another command of the one before it, as `mlflow-registry` does of `import`. */
function isSecond(first: string, second: string | undefined): boolean {
  return second !== undefined && secondWords(first).includes(second);
}

/** The command of a name. Throws a usage error that says which was probably meant. */
export async function findCommand(name: string): Promise<Command> {
  const command = await loadCommand(name);
  if (command) return command;
  throw usageError(`unknown command '${name}'`, meant(name));
}

function meant(name: string): string {
  const [topic, second] = name.split(' ');
  if (second === undefined) return suggestion(name, FIRST_WORDS) ?? 'cairn --help lists them all';
  const known = secondWords(topic!);
  return suggestion(second, known, `${topic} `) ?? `cairn ${topic} lists its commands`;
}
