import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The interpreters of the environments with the tools; `null` where there is no Python for them. */
    readonly interpreters: Interpreters | null;
  }
}

/** MLflow 2 by itself; MLflow 3 and BentoML in one environment. */
export interface Interpreters {
  readonly mlflow2: string;
  readonly mlflow3: string;
}

const REQUIREMENTS = join(import.meta.dirname, '../python');

/** The versions that all pinned packages have wheels for. */
const PYTHON_VERSIONS = ['3.11', '3.12', '3.13', '3.10'];

/** Makes the environments, once for a machine, and tells the tests where they are. */
export default async function setup({ provide }: TestProject): Promise<void> {
  const python = findPython();
  if (python === null) {
    const problem = `no Python of ${PYTHON_VERSIONS.join(', ')} with venv and pip; name one with INTEROP_PYTHON`;
    if (process.env.CI) throw new Error(problem);
    process.stderr.write(`skipped, as there is ${problem}\n`);
    provide('interpreters', null);
    return;
  }
  provide('interpreters', {
    mlflow2: await environment(python, 'mlflow-2'),
    mlflow3: await environment(python, 'mlflow-3'),
  });
}

function findPython(): string | null {
  const named = process.env.INTEROP_PYTHON;
  const names = named
    ? [named]
    : [...PYTHON_VERSIONS.map((version) => `python${version}`), 'python3', 'python'];
  const asked = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
  const fits = (name: string) => {
    const { status, stdout } = spawnSync(name, ['-c', asked], { encoding: 'utf8' });
    return status === 0 && PYTHON_VERSIONS.includes(stdout.trim());
  };
  return names.find(fits) ?? null;
}

/**
 * The interpreter of an environment with the packages of `<name>.txt`. It is kept below the user's cache folder under
 * a name of all that is in it, and made anew when it was not finished.
 */
async function environment(python: string, name: string): Promise<string> {
  const requirements = join(REQUIREMENTS, `${name}.txt`);
  const version = spawnSync(python, ['--version'], { encoding: 'utf8' }).stdout;
  const id = createHash('sha256')
    .update(version)
    .update(readFileSync(requirements))
    .digest('hex')
    .slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'cairn-interop', `${name}-${id}`);
  const interpreter = join(
    folder,
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  );
  const finished = join(folder, 'finished');
  if (existsSync(finished)) return interpreter;
  process.stderr.write(`installing ${name} into ${folder}\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run(python, ['-m', 'venv', folder]);
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-compile'];
  await run(interpreter, ['-m', 'pip', 'install', ...quiet, '-r', requirements]);
  writeFileSync(finished, '');
  return interpreter;
}

function run(program: string, words: readonly string[]): Promise<void> {
  const child = spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ${words.join(' ')} ended with ${code}`));
    });
  });
}
