import { readFile, writeFile } from 'node:fs/promises';
import { loadCommands } from '../packages/cli/src/commands/table.ts';
import { referencePage } from '../packages/cli/src/help/reference.ts';
import { jsonSchemas } from '../packages/core/src/schema/json-schemas.ts';
import { screensPage } from './screens-page.ts';

/** Writes the pages of `docs/` that are made from code; with `--check` only says which of them are out of date. */

const schemas = Object.entries(jsonSchemas()).map(([name, schema]) => ({
  path: `docs/formats/${name}`,
  text: `${JSON.stringify(schema, null, 2)}\n`,
}));
const pages = [
  { path: 'docs/cli.md', text: referencePage(await loadCommands()) },
  { path: 'docs/tui.md', text: screensPage() },
  ...schemas,
];

for (const { path, text } of pages) {
  const file = new URL(`../${path}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
  } else if ((await readFile(file, 'utf8').catch(() => null)) !== text) {
    process.stderr.write(`${path} is out of date: run npm run docs\n`);
    process.exitCode = 1;
  }
}
