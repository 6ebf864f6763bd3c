import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { PackageFiles } from '@cairn/testkit';
import type { Package } from '../../src/packages/package.ts';
import { readPackage } from '../../src/packages/read-package.ts';
import type { HookOutput } from '../../src/running/hook-output.ts';
import { loadOpened } from '../../src/running/load-opened.ts';
import type { LoadedPackage, LoadPackageOptions } from '../../src/running/loaded-package.ts';

const FOUND = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });

/** Whether hooks in Python can be tried; tests that need it say so when they are skipped. */
export const HAS_PYTHON = FOUND.status === 0;

/** Where the interpreter of the tests is found: itself, and not a script that starts it. */
export const PATH_ONLY = {
  PATH: [...(HAS_PYTHON ? [dirname(FOUND.stdout.trim())] : []), process.env.PATH].join(delimiter),
};

/** A package over files in memory, open. */
export function packageOf(
  files: PackageFiles,
  type: Package['type'] = 'packaged-encrypted',
): Promise<Package> {
  const bytes = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  const listed = [...bytes].map(([path, content]) => ({
    path,
    size: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  async function* chunks(path: string) {
    yield bytes.get(path)!;
  }
  return readPackage({
    ...{ model: 'linear', version: 'v1', type, files: listed, chunks },
    source: (path) => {
      const content = bytes.get(path)!;
      const read = async (offset: number, length: number) => content.subarray(offset, offset + length);
      return { size: content.length, read, stream: () => chunks(path) };
    },
    close: async () => undefined,
  });
}

export interface Stage extends AsyncDisposable {
  /** Where private folders are made. */
  readonly folder: string;
  /** What the hooks have printed. */
  readonly printed: { stdout: string; stderr: string };
  /** Resolves when the hooks print to standard output the next time. */
  nextPrint(): Promise<void>;
  load(
    files: PackageFiles,
    options?: Partial<LoadPackageOptions>,
    type?: Package['type'],
  ): Promise<LoadedPackage>;
  /** The paths of all files and folders that private folders hold now, without their own random names. */
  left(): string[];
}

const MEMORY = '/dev/shm';

/** A folder to run packages in, in memory where there is such a thing. What was loaded is closed at the end. */
export function openStage(): Stage {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'cairn-test-'));
  const printed = { stdout: '', stderr: '' };
  const loaded: LoadedPackage[] = [];
  let hear: () => void = () => undefined;
  const onOutput = ({ stream, text }: HookOutput) => {
    printed[stream] += text;
    if (stream === 'stdout') hear();
  };
  return {
    folder,
    printed,
    async load(files, options = {}, type = 'packaged-encrypted') {
      const given = { trust: 'all', env: PATH_ONLY, folder, onOutput, ...options } as const;
      const opened = await loadOpened(await packageOf(files, type), given);
      loaded.push(opened);
      return opened;
    },
    nextPrint: () =>
      new Promise((resolve) => {
        hear = resolve;
      }),
    left: () => entriesBelow(folder),
    async [Symbol.asyncDispose]() {
      for (const each of loaded) await each.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function entriesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const named = entries.map((entry) =>
    entry.replace(/^cairn-run-\w{6}/, '').replace(/^\/package_[0-9a-f]{16}/, ''),
  );
  return named
    .map((name) => name.replace(/^\//, ''))
    .filter((name) => name !== '')
    .sort();
}

/** What a promise was rejected with. */
export async function failureOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => null,
    (reason) => reason,
  );
  if (error === null) throw new Error('it did not fail');
  return error as { code: string; message: string; hint?: string; data: Record<string, unknown> };
}

/** Hooks in Python of the schema v2023.1, from the text of both. */
export function pythonPackage(
  predict: string,
  load = 'def load(env):\n    return "a model"\n',
): PackageFiles {
  return {
    'manifest.json': manifestOf(),
    'models/weights.bin': 'weights',
    'hooks/load.py': load,
    'hooks/predict.py': predict,
  };
}

/** The same for Node. */
export function nodePackageOf(
  predict: string,
  load = 'export const load = () => "a model";\n',
): PackageFiles {
  return {
    'manifest.json': manifestOf(),
    'models/weights.bin': 'weights',
    'hooks/load.mjs': load,
    'hooks/predict.mjs': predict,
  };
}

/** A manifest of the schema v2023.1 with the fields of its one model. */
export function manifestOf(fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ models: [{ name: 'linear', version: 'v1', framework: 'pytorch', ...fields }] });
}

/** Whether a process runs; one that has ended, and that nobody has asked about yet, does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self') || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
