/** What a word can be completed with: names from the registry, or what the shell knows itself. */
export type CompletionKind =
  | 'model'
  | 'model@version'
  | 'new-version'
  | 'model@version:path'
  | 'base'
  | 'alias'
  | 'key'
  | 'file'
  | 'folder';

export interface ArgumentDescriptor {
  /** As it stands in the synopsis, such as `<model>@<version>`. */
  readonly placeholder: string;
  readonly summary: string;
  readonly optional?: true;
  /** Takes all the words that are left, at least one, but for one each of the arguments after it, which are not optional. */
  readonly many?: true;
  readonly choices?: readonly string[];
  readonly completes?: CompletionKind;
}

export interface OptionDescriptor {
  readonly short?: string;
  /** Stands for the value in the help, such as `dir`. An option without it is a switch. */
  readonly value?: string;
  /** May be given more than once. */
  readonly many?: true;
  /** A switch upon which a secret is asked for, which never stands on the command line itself. */
  readonly asks?: true;
  readonly summary: string;
  readonly completes?: CompletionKind;
}

export type Arguments = Readonly<Record<string, ArgumentDescriptor>>;
export type Options = Readonly<Record<string, OptionDescriptor>>;

/** `--metric <key=value>`, as the help and the errors name it. */
export function optionSynopsis(name: string, option: OptionDescriptor): string {
  return option.value === undefined ? `--${name}` : `--${name} <${option.value}>`;
}
