import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  CairnError,
  examineRegistry,
  listModels,
  listVersions,
  openFile,
  planCollection,
  planVersionDeletion,
  type Registry,
  showModel,
  showVersion,
  takeOut,
  verifyRegistry,
  verifyVersion,
} from '../../src/index.ts';
import type { KnownVersion } from '../oracle/history.ts';
import { filesBelow } from '../registry-fixture.ts';

/** What one operation gave, or the code of the error it threw. */
export type Outcome = { readonly value: unknown } | { readonly error: CairnError };

/** Everything that can be asked of a model without changing it, by what is asked. */
export async function observe(
  registry: Registry,
  model: string,
  versions: readonly KnownVersion[],
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const ask = async (what: string, operation: () => Promise<unknown>) => {
    outcomes.set(what, await outcomeOf(operation));
  };
  await ask('list models', () => listModels(registry));
  await ask('show model', () => showModel(registry, model));
  await ask('list versions', () => listVersions(registry, model));
  for (const { name, files } of versions) {
    const reference = `${model}@${name}`;
    await ask(`show ${name}`, () => showVersion(registry, reference));
    await ask(`verify ${name}`, () => verifyVersion(registry, reference));
    await ask(`take out ${name}`, () => takenOut(registry, reference));
    await ask(`plan deletion of ${name}`, () => planVersionDeletion(registry, reference));
    for (const path of Object.keys(files)) {
      await ask(`read ${name}:${path}`, () => readRanges(registry, `${reference}:${path}`));
    }
  }
  await ask('take out latest', () => takenOut(registry, `${model}@latest`));
  await ask('plan collection', () => planCollection(registry, { graceMs: 0 }));
  await ask('verify registry', () => verifyRegistry(registry));
  await ask('examine', () => examineRegistry(registry));
  return outcomes;
}

/** Only errors of the library pass, and none that it did not foresee. */
export async function outcomeOf(operation: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await operation() };
  } catch (error) {
    if (!(error instanceof CairnError) || error.code === 'failed') throw error;
    expect(error.message).not.toBe('');
    return { error };
  }
}

/** Paths, contents and flags of what a version gives out. */
export async function takenOut(registry: Registry, reference: string): Promise<Record<string, string>> {
  const folder = join(registry.path, '..', `out-${randomBytes(6).toString('hex')}`);
  try {
    await takeOut(registry, reference, folder);
    const files = Object.entries(filesBelow(folder));
    return Object.fromEntries(
      files.map(([path, digest]) => [path, `${digest} ${isExecutable(join(folder, path))}`]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isExecutable(path: string): boolean {
  return (statSync(path).mode & 0o111) !== 0;
}

/** A few ranges, of which none, some or all may lie in a damaged part. */
async function readRanges(registry: Registry, reference: string): Promise<string[]> {
  using file = await openFile(registry, reference);
  const offsets = [0, Math.floor(file.size / 2), Math.max(0, file.size - 20)];
  const ranges: string[] = [];
  for (const offset of offsets) ranges.push(Buffer.from(await file.read(offset, 20)).toString('hex'));
  return ranges;
}
