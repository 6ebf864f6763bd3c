type Variables = Readonly<Record<string, string | undefined>>;

/** Variables that hold secrets. */
const SECRET_VARIABLES: readonly string[] = ['CAIRN_PASSPHRASE'];

/** The environment for a child process: without the secrets that were given to Cairn alone. */
export function childVariables(variables: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !SECRET_VARIABLES.includes(entry[0].toUpperCase()),
    ),
  );
}
