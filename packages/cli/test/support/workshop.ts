import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pseudoRandomBytes, temporaryFolder } from '@cairn/testkit';
import { runCommandLine } from '../../src/run.ts';
import { type FakeWorldOptions, fakeWorld } from './fake-world.ts';

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The lines of progress; `null` where they were taken away. */
  readonly statuses: readonly (string | null)[];
}

/** A folder with a registry, and beside it a folder with files to add. */
export interface Workshop extends Disposable {
  readonly path: string;
  readonly registry: string;
  readonly model: string;
  readonly weights: Uint8Array;
  /** Runs a command on the real library, inside this process, from the registry's folder. */
  run(words: readonly string[], options?: FakeWorldOptions): Promise<Result>;
  /** The same for a command that must succeed; gives what it printed as JSON. */
  json(...words: string[]): Promise<unknown>;
}

/** Larger than a part, so that the file is stored in several. */
const WEIGHTS_SIZE = 3 * 1024 * 1024;

/** Makes a registry with `stockpred@v1` in it: three files, one of them large and one executable. */
export async function openWorkshop(): Promise<Workshop> {
  const folder = temporaryFolder();
  const registry = join(folder.path, 'registry');
  const model = join(folder.path, 'model');
  const weights = pseudoRandomBytes('weights', WEIGHTS_SIZE);
  mkdirSync(join(model, 'bin'), { recursive: true });
  writeFileSync(join(model, 'config.json'), '{"layers": 2}\n');
  writeFileSync(join(model, 'weights.bin'), weights);
  writeFileSync(join(model, 'bin', 'run.sh'), '#!/bin/sh\n');
  chmodSync(join(model, 'bin', 'run.sh'), 0o755);
  const run: Workshop['run'] = (words, options) =>
    runReal(words, {
      workingFolder: registry,
      ...options,
      variables: { CAIRN_CONFIG: join(folder.path, 'config'), ...options?.variables },
    });
  const workshop: Workshop = {
    path: folder.path,
    registry,
    model,
    weights,
    run,
    json: async (...words) => JSON.parse(succeeded(await run([...words, '--json'])).out),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
  succeeded(await run(['init', registry], { workingFolder: folder.path }));
  succeeded(await run(['add', 'stockpred@v1', model, '--create', '-m', 'First', '--metric', 'accuracy=0.9']));
  return workshop;
}

async function runReal(words: readonly string[], options: FakeWorldOptions): Promise<Result> {
  const world = {
    ...fakeWorld(options),
    now: () => new Date(),
    loadCore: () => import('@cairn/core'),
  };
  const code = await runCommandLine(words, world);
  return { code, ...world.printed };
}

function succeeded(result: Result): Result {
  if (result.code !== 0) throw new Error(`the command ended with ${result.code}: ${result.err}`);
  return result;
}
