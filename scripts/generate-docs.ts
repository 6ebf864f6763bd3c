import { writeFile } from 'node:fs/promises';
import { loadCommands } from '../packages/cli/src/commands/table.ts';
import { referencePage } from '../packages/cli/src/help/reference.ts';

/** Writes the pages of `docs/` that are made from code. */
await writeFile(new URL('../docs/cli.md', import.meta.url), referencePage(await loadCommands()));
