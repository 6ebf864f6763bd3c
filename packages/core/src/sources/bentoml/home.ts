import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** BentoML's own folder: the one given, else `$BENTOML_HOME`, else `bentoml` in the user's home, as BentoML itself looks for it. */
export function bentomlHome({
  home,
  variables,
  workingFolder,
}: {
  readonly home?: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
}): string {
  const told = home ?? (variables.BENTOML_HOME || undefined);
  if (told !== undefined) return resolve(workingFolder, told);
  return join(variables.HOME || homedir(), 'bentoml');
}
