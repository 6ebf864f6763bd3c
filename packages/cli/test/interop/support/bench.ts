import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { temporaryFolder } from '@cairn/testkit';
import { inject } from 'vitest';
import { cairn } from '../../support/cairn.ts';

/** The interpreters with the tools; tests are skipped where there are none. */
export const interpreters = inject('interpreters');

const SCRIPTS = join(import.meta.dirname, '../python');

export interface Bench extends Disposable {
  /** A folder for projects of the tools. */
  readonly work: string;
  /** The user's own folder, as tools and program see it. */
  readonly home: string;
  /** Runs the built program in the registry of the bench, and gives what it printed. Throws when it fails. */
  cairn(...words: readonly string[]): string;
  /** Runs one of the scripts beside, and gives what its last line holds. */
  python<T>(interpreter: string, script: string, ...words: readonly string[]): T;
}

/** A registry, and room for what the tools make. */
export function openBench(): Bench {
  const folder = temporaryFolder('cairn-interop-');
  const [registry, work, home] = ['registry', 'work', 'home'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [work, home]) mkdirSync(path);
  const variables = { HOME: home, USERPROFILE: home, CAIRN_REGISTRY: registry };
  const bench: Bench = {
    work,
    home,
    cairn(...words) {
      const { code, out, err } = cairn(words, { cwd: work, variables });
      if (code !== 0) throw new Error(`cairn ${words.join(' ')} ended with ${code}: ${err}`);
      return out;
    },
    python(interpreter, script, ...words) {
      const run = spawnSync(interpreter, [join(SCRIPTS, script), ...words], {
        cwd: work,
        env: variablesOf(home),
        encoding: 'utf8',
      });
      if (run.status !== 0) throw new Error(`${script} ended with ${run.status}: ${run.stderr}`);
      return JSON.parse(run.stdout.trim().split('\n').at(-1)!);
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
  bench.cairn('init', registry);
  return bench;
}

/** What the tools see: nothing of the user's own, and nobody to report to. */
function variablesOf(home: string): Record<string, string> {
  return {
    PATH: process.env.PATH!,
    HOME: home,
    USERPROFILE: home,
    MLFLOW_DISABLE_TELEMETRY: 'true',
    MLFLOW_ALLOW_FILE_STORE: 'true',
    BENTOML_DO_NOT_TRACK: 'true',
    DO_NOT_TRACK: 'true',
    GIT_PYTHON_REFRESH: 'quiet',
    PYTHONWARNINGS: 'ignore',
  };
}

/** A port of this machine that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface RunningTool extends AsyncDisposable {
  readonly child: ChildProcess;
}

export interface StartToolOptions {
  readonly cwd: string;
  readonly home: string;
  /** What it prints when it is ready. */
  readonly ready: RegExp;
}

/** Starts a server of a tool, `python -m …`, and waits until it is ready. Disposing of it ends all its processes. */
export async function startTool(
  interpreter: string,
  words: readonly string[],
  { cwd, home, ready }: StartToolOptions,
): Promise<RunningTool> {
  const child = spawn(interpreter, ['-m', ...words], {
    cwd,
    env: { ...variablesOf(home), PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const end = async () => {
    endGroup(child, 'SIGTERM');
    const stuck = setTimeout(() => endGroup(child, 'SIGKILL'), END_MAX_MS);
    await exited;
    clearTimeout(stuck);
  };
  let printed = '';
  const isReady = Promise.withResolvers<void>();
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on('line', (line) => {
      printed += `${line}\n`;
      if (ready.test(line)) isReady.resolve();
    });
  }
  const early = exited.then(() => Promise.reject(new Error(`${words.join(' ')} ended early: ${printed}`)));
  try {
    await Promise.race([isReady.promise, early]);
  } catch (error) {
    await end();
    throw error;
  }
  early.catch(() => undefined);
  return { child, [Symbol.asyncDispose]: end };
}

/** How long a server may take to end its workers, which are in groups of their own. Milliseconds. */
const END_MAX_MS = 30_000;

function endGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (exitCode === null && signalCode === null) process.kill(-pid!, signal);
}
