import { readFileSync } from 'node:fs';

/** The version of this package, from the `package.json` beside the built files and the sources alike. */
export function cairnVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
