/** How programs beside this one are run. */
export interface Programs {
  /** The environment for children, complete: nothing else is passed. Secrets that are meant for Cairn alone are not in it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Name or path of the `git` program; null where there is none, and remotes are reached by HTTP only. */
  readonly git: string | null;
  /** Whether a child may ask on the terminal, as `ssh` and credential helpers do. */
  readonly interactive: boolean;
}
