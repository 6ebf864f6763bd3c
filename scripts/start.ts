import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainMoons } from '../examples/moons.ts';

/** `npm start`: on the first run a registry with a small real model in two versions; every time, what is in it. */

const root = join(import.meta.dirname, '..');
const registry = join(root, 'my-registry');

if (!existsSync(join(registry, 'registry.json'))) firstRun();
cairn('ls');
cairn('ls', 'moons');
process.stdout.write(
  `\nThe registry is ${registry}. In it, or with --registry, try: npx cairn show moons@v2\n`,
);

function firstRun(): void {
  rmSync(registry, { recursive: true, force: true });
  const work = mkdtempSync(join(tmpdir(), 'cairn-start-'));
  try {
    cairn('init', registry);
    cairn('new', 'moons', '-d', 'Tells two interleaved half circles apart');
    addVersion(work, { version: 'v1', epochs: 50, description: 'A first try' });
    addVersion(work, { version: 'v2', epochs: 3000, description: 'Trained for longer', base: 'v1' });
  } catch (error) {
    rmSync(registry, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface NewVersion {
  readonly version: string;
  readonly epochs: number;
  readonly description: string;
  readonly base?: string;
}

function addVersion(work: string, { version, epochs, description, base }: NewVersion): void {
  const folder = join(work, version);
  const { loss, accuracy } = trainMoons(folder, epochs);
  cairn(
    ...['add', `moons@${version}`, folder, '-m', description],
    ...['--metric', `loss=${loss}`, '--metric', `accuracy=${accuracy}`, '--param', `epochs=${epochs}`],
    ...(base === undefined ? [] : ['--base', base]),
  );
}

function cairn(...args: string[]): void {
  process.stdout.write(`\n$ cairn ${args.map(quoted).join(' ')}\n`);
  const run = spawnSync(process.execPath, [join(root, 'packages/cli/bin/cairn.js'), ...args], {
    stdio: 'inherit',
    env: { ...process.env, CAIRN_REGISTRY: registry },
  });
  if (run.status !== 0) throw new Error(`cairn ${args[0]} ended with ${run.status}`);
}

function quoted(arg: string): string {
  return /^[\w@./:=+-]+$/.test(arg) ? arg : `'${arg}'`;
}
