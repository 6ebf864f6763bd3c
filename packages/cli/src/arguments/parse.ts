import { type Command, type Input, synopsis, type Word } from '../command.ts';
import { type Options, optionSynopsis } from '../descriptor.ts';
import { usageError } from '../errors.ts';
import { GLOBAL_OPTIONS, type Globals } from '../globals.ts';
import { suggestion } from './suggest.ts';
import { tokensOf } from './tokens.ts';

/** A command line with the word that it begins with taken out. */
export interface SplitLine {
  /** `null` when there is none. */
  readonly name: string | null;
  /** All other words, in their order. */
  readonly rest: readonly string[];
}

/**
 * Finds a command's name, or its next word: the first word that is neither an option nor the value of a global one.
 * Throws a usage error for an option before it that is not global.
 */
export function splitCommandLine(line: readonly string[]): SplitLine {
  for (const token of tokensOf(line, GLOBAL_OPTIONS)) {
    if (token.kind === 'positional') {
      return { name: token.value, rest: line.filter((_, index) => index !== token.index) };
    }
    if (token.kind === 'option') checkOption(token, GLOBAL_OPTIONS);
  }
  return { name: null, rest: line };
}

/** The words behind a command, read by its options. */
export interface ParsedLine {
  readonly globals: Globals;
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly arguments: readonly string[];
  readonly words: readonly Word[];
}

/**
 * Reads the words of a command line by the options of a command and the global ones. Options may stand anywhere,
 * `--` ends them. Throws a usage error for an option that is unknown, lacks its value, has one it should not have,
 * or is given twice.
 */
export function parseWords(words: readonly string[], options: Options): ParsedLine {
  const known = { ...options, ...GLOBAL_OPTIONS };
  const typed: Word[] = [];
  for (const token of tokensOf(words, known)) {
    if (token.kind === 'positional') typed.push({ kind: 'argument', value: token.value });
    if (token.kind === 'option') {
      checkOption(token, known);
      typed.push({ kind: 'option', name: token.name, value: token.value });
    }
  }
  return {
    globals: globalsOf(optionValues(typed, GLOBAL_OPTIONS)),
    options: optionValues(typed, options),
    arguments: typed.flatMap((word) => (word.kind === 'argument' ? [word.value] : [])),
    words: typed,
  };
}

/** Gives each argument its name; throws a usage error when one is missing, too many, or not one of the choices. */
export function bindArguments(command: Command, line: ParsedLine): Input {
  const left = [...line.arguments];
  const bound: Record<string, string | readonly string[] | undefined> = {};
  const named = Object.entries(command.arguments);
  for (const [index, [name, argument]] of named.entries()) {
    if (left.length === 0 && !argument.optional) throw missingArgument(command, argument.placeholder);
    const kept = named.length - index - 1;
    const value = argument.many ? left.splice(0, Math.max(1, left.length - kept)) : left.shift();
    if ([value].flat().includes('')) throw emptyArgument(argument.placeholder);
    if (argument.choices && typeof value === 'string' && !argument.choices.includes(value)) {
      throw usageError(
        `'${value}' is not one of ${argument.choices.join(', ')}`,
        suggestion(value, argument.choices),
      );
    }
    bound[name] = value;
  }
  if (left.length > 0) throw tooMany(command, line, left[0]!);
  return { arguments: bound, options: line.options, words: line.words } as Input;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function checkOption(token: OptionToken, known: Options): void {
  const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
  if (option === undefined) throw unknownOption(token.rawName, known);
  const spelled = optionSynopsis(token.name, option);
  if (option.value === undefined) {
    if (token.value === undefined) return;
    throw usageError(`option ${token.rawName} takes no value`, option.asks && SECRETS_ELSEWHERE);
  }
  if (token.value === undefined) throw usageError(`option ${token.rawName} needs a value: ${spelled}`);
  if (!token.inlineValue && /^-./.test(token.value)) {
    throw usageError(
      `option ${token.rawName} needs a value, and '${token.value}' looks like an option`,
      `if it is meant as the value: --${token.name}=${token.value}`,
    );
  }
}

/** Everybody on the machine can see command lines, and shells remember them. */
const SECRETS_ELSEWHERE =
  'a passphrase never stands on the command line: it is asked for, or comes with --passphrase-file, ' +
  '--passphrase-fd or CAIRN_PASSPHRASE';

/** A word behind a switch that asks for a secret may be the secret, and is not repeated. */
function tooMany(command: Command, { options }: ParsedLine, word: string): Error {
  const asks = Object.entries(command.options).some(
    ([name, option]) => option.asks && options[name] === true,
  );
  if (asks) return usageError('there is one word too many', SECRETS_ELSEWHERE);
  return usageError(`'${word}' is one word too many`, `usage: ${synopsis(command)}`);
}

function unknownOption(typed: string, known: Options): Error {
  if (/^--?(?:to-|from-|new-|old-)?pass/i.test(typed)) {
    return usageError(`unknown option ${typed}`, SECRETS_ELSEWHERE);
  }
  const names = Object.keys(known).map((name) => `--${name}`);
  const meant = typed.startsWith('--') ? suggestion(typed, names) : undefined;
  return usageError(`unknown option ${typed}`, meant ?? 'a word that begins with a dash goes after --');
}

function missingArgument(command: Command, placeholder: string): Error {
  return usageError(`${command.name} needs ${placeholder}`, `usage: ${synopsis(command)}`);
}

/** Such as a variable of a script that is not set: it must not be taken for the working folder. */
function emptyArgument(placeholder: string): Error {
  return usageError(`${placeholder} is empty`, 'in a script, check that the variable is set');
}

function optionValues(words: readonly Word[], options: Options): ParsedLine['options'] {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => {
      const given = words.filter((word) => word.kind === 'option' && word.name === name);
      if (option.value === undefined) return [name, given.length > 0];
      const values = given.map((word) => word.value ?? '');
      if (option.many) return [name, values];
      if (values.length > 1) throw usageError(`option --${name} is given twice`);
      return [name, values[0]];
    }),
  );
}

function globalsOf(values: ParsedLine['options']): Globals {
  return {
    registry: values.registry as string | undefined,
    json: values.json === true,
    quiet: values.quiet === true,
    colour: values['no-color'] !== true,
    version: values.version === true,
    help: values.help === true,
  };
}
