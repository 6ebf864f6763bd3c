import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { cairn, makeRegistry } from '../cairn.ts';
import { run } from '../measure/process.ts';
import { removeFolder } from '../work-folder.ts';

/** Lets `use` have a registry in which a folder is `model@v1`, and removes it afterwards. */
export async function withStockedRegistry<T>(
  bench: Bench,
  source: { readonly folder: string },
  use: (registry: string) => Promise<T>,
): Promise<T> {
  return withFolder(bench, async (folder) => {
    const registry = await makeRegistry(folder, 'model');
    await run(cairn(registry, 'add', 'model@v1', source.folder));
    return use(registry);
  });
}

/** Lets `use` have an empty folder, and removes it afterwards. */
export async function withFolder<T>(bench: Bench, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(bench.folder, 'row-'));
  try {
    return await use(folder);
  } finally {
    removeFolder(folder);
  }
}
