import type { Context } from './context.ts';
import type { ArgumentDescriptor, Arguments, OptionDescriptor, Options } from './descriptor.ts';
import type { ShapeDocument } from './shapes/shape.ts';

interface Example {
  readonly line: string;
  readonly does: string;
}

/** What `--json` prints. */
interface JsonDocument {
  /** When this shape is printed, if the command has several. */
  readonly when?: string;
  readonly list?: true;
  readonly shape: ShapeDocument;
}

type CommandGroup =
  | 'Begin'
  | 'Versions'
  | 'Packages'
  | 'Look'
  | 'Change'
  | 'Aliases'
  | 'Signatures'
  | 'Share'
  | 'Keys'
  | 'Upkeep';

/** A word of the command line, in the place where it was typed. */
export type Word =
  | { readonly kind: 'argument'; readonly value: string }
  | { readonly kind: 'option'; readonly name: string; readonly value: string | undefined };

type ArgumentValue<D extends ArgumentDescriptor> = D extends { readonly many: true }
  ? readonly string[]
  : D extends { readonly optional: true }
    ? string | undefined
    : string;

type OptionValue<D extends OptionDescriptor> = D extends { readonly value: string }
  ? D extends { readonly many: true }
    ? readonly string[]
    : string | undefined
  : boolean;

/** What was typed, checked against the command's descriptors and typed by them. */
export interface Input<A extends Arguments = Arguments, O extends Options = Options> {
  readonly arguments: { readonly [K in keyof A]: ArgumentValue<A[K]> };
  readonly options: { readonly [K in keyof O]: OptionValue<O[K]> };
  /** Arguments and options in the order typed, for commands to which the order matters. */
  readonly words: readonly Word[];
}

/** A command: everything that parsing, help, completion and the reference page need to know, and what it does. */
export interface Command<A extends Arguments = Arguments, O extends Options = Options> {
  /** One word, or two of which the first is a topic, such as `key new`. */
  readonly name: string;
  readonly group: CommandGroup;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly details?: readonly string[];
  readonly arguments: A;
  readonly options: O;
  readonly examples: readonly Example[];
  readonly json?: readonly JsonDocument[];
  /** Gives the exit code. */
  run(context: Context, input: Input<A, O>): Promise<number>;
}

/** Checks a command's `run` against its own descriptors, and forgets the particular types. */
export function defineCommand<const A extends Arguments, const O extends Options>(
  command: Command<A, O>,
): Command {
  return command as unknown as Command;
}

/** `cairn add <model>@<version> <path...> [options]`, made from the descriptors. */
export function synopsis(command: Command): string {
  const words = Object.values(command.arguments).map(argumentSynopsis);
  if (Object.keys(command.options).length > 0) words.push('[options]');
  return ['cairn', command.name, ...words].join(' ');
}

function argumentSynopsis(argument: ArgumentDescriptor): string {
  const text = argument.many ? argument.placeholder.replace(/>$/, '...>') : argument.placeholder;
  return argument.optional ? `[${text.replace(/^<([^<>]*)>$/, '$1')}]` : text;
}
