type Variables = Readonly<Record<string, string | undefined>>;

/** Variables that hold secrets. */
const SECRET_VARIABLES: readonly string[] = ['CAIRN_PASSPHRASE'];

/** The environment for a child process: without the secrets that were given to Cairn alone. */
export function childVariables(variables: Variables): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) => !SECRET_VARIABLES.includes(name.toUpperCase())),
  );
}
