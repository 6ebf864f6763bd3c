/** What is needed to find out who the user is. */
export interface IdentitySources {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** The registry, whose own Git configuration counts as well; `null` while there is none. */
  readonly registryFolder: string | null;
  /** One setting as Git itself gives it; `null` where it has none, or there is no Git. */
  readonly askGit: (key: string) => string | null;
  readonly system: () => { readonly user: string; readonly host: string };
}
