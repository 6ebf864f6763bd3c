import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RegistryFixture } from './registry-fixture.ts';

const LIBRARY = pathToFileURL(join(import.meta.dirname, '../dist/index.js')).href;

export interface AnotherProcess {
  /** What runs it, such as `['prlimit', '--fsize=1000000']`. */
  readonly by?: readonly string[];
  /** The user it runs as; only root can choose. */
  readonly uid?: number;
}

/** What came of it: an error of the library, or nothing. */
export interface Outcome {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
}

/**
 * Runs one expression in a process of its own, with all that the built library exports and the `registry` of a
 * fixture at hand. Throws when the process does not end by itself.
 */
export function inAnotherProcess(
  { registry, work }: Pick<RegistryFixture, 'registry' | 'work'>,
  expression: string,
  { by = [], uid }: AnotherProcess = {},
): Outcome {
  const program = join(work, '..', 'program.mjs');
  writeFileSync(program, programOf(registry.path, expression));
  const [command, ...args] = [...by, process.execPath, program];
  const run = spawnSync(command!, args, { encoding: 'utf8', ...(uid !== undefined && { uid, gid: uid }) });
  if (run.error) throw run.error;
  if (run.stdout === '') throw new Error(`the process ended with ${run.status ?? run.signal}: ${run.stderr}`);
  return JSON.parse(run.stdout) as Outcome;
}

function programOf(registry: string, expression: string): string {
  return `
import * as library from ${JSON.stringify(LIBRARY)};
const environment = { identity: { name: 'Bob', email: 'bob@example.org' }, now: () => new Date(), timezoneOffsetMinutes: () => 0 };
const registry = await library.openRegistry(${JSON.stringify(registry)}, environment);
const { ${EXPORTS.join(', ')} } = library;
const outcome = await (async () => ${expression})().then(() => ({}), ({ code, message, hint }) => ({ code, message, hint }));
process.stdout.write(JSON.stringify(outcome));
`;
}

const EXPORTS = ['createModel', 'createVersion', 'editModel', 'takeOut'];
