import { resolve } from 'node:path';
import { atBorder, CairnError } from '../errors.ts';
import { fileKindOf } from '../packages/file-kind.ts';
import { openPackage } from '../packages/open-package.ts';
import { openPackageFile } from '../packages/open-package-file.ts';
import type { Registry } from '../registry/registry.ts';
import type { ReferenceInput } from '../versions/show.ts';
import type { LoadedPackage, LoadPackageOptions, RunnablePackage } from './loaded-package.ts';

/**
 * Opens a packaged version, writes it into a private folder and runs its `load` hook.
 *
 * Throws `refused` for hooks that are not trusted and for a version that is no package, `wrong-key`, `damaged` or
 * `hostile` as opening does, `not-found` without an interpreter, `failed` with the `traceback` when `load` throws.
 * Nothing is left behind then.
 */
export function loadPackage(
  registry: Registry,
  reference: ReferenceInput,
  options: LoadPackageOptions,
): Promise<LoadedPackage> {
  const { unlock } = options;
  return atBorder(async () =>
    load(await openPackage(registry, reference, unlock === undefined ? {} : { unlock }), options),
  );
}

/** The same for a package in a file, a `.cairn` file or a `.mlarchive`, without any registry. */
export function loadPackageFile(file: string, options: LoadPackageOptions): Promise<LoadedPackage> {
  return atBorder(async () => load(await openFileToRun(resolve(file), options), options));
}

async function openFileToRun(
  file: string,
  { unlock = {}, signal }: LoadPackageOptions,
): Promise<RunnablePackage> {
  const kind = await fileKindOf(file);
  if (kind === 'container') return openPackageFile(file, { unlock });
  if (kind === 'archive') {
    const { openArchivePackage } = await import('./archive-package.ts');
    return openArchivePackage(file, signal);
  }
  throw new CairnError('invalid', `${file} is neither a .cairn file nor a .mlarchive`, {
    hint: 'name a version of a model, or a package in a file',
    data: { path: file },
  });
}

/** What starts processes and threads is loaded by whoever runs something. */
async function load(opened: RunnablePackage, options: LoadPackageOptions): Promise<LoadedPackage> {
  const { loadOpened } = await import('./load-opened.ts');
  return loadOpened(opened, options);
}
