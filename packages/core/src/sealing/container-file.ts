import { atBorder } from '../errors.ts';
import { lazily } from '../lazy/lazy-repository.ts';
import { taskOf } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { CreatedVersion } from '../versions/create.ts';
import { type ReferenceInput, versionOrLatest, withVersion } from '../versions/show.ts';
import type { ExportContainerOptions, ExportedContainer } from './container-file-export.ts';
import type { ImportContainerOptions, ImportedName } from './container-file-import.ts';

export type { ExportContainerOptions, ExportedContainer } from './container-file-export.ts';
export type { ImportContainerOptions, ImportedName } from './container-file-import.ts';

/**
 * Writes a version of type `packaged-encrypted` into one `.cairn` file, sealed as it is. Needs no key. Throws
 * `refused` for a version that is not sealed, `exists` for a file that is there.
 */
export function exportContainer(
  registry: Registry,
  reference: ReferenceInput,
  file: string,
  options: ExportContainerOptions = {},
): Promise<ExportedContainer> {
  return atBorder(() =>
    withVersion(registry, versionOrLatest(reference), async (repository, target, stored) => {
      const { exportVersion } = await import('./container-file-export.ts');
      const lazy = lazily(registry, repository, taskOf(options));
      return exportVersion(registry, { repository: lazy, target, stored }, file, options);
    }),
  );
}

/**
 * Takes a `.cairn` file into the registry as a version of type `packaged-encrypted`. Needs no key, so that what is in
 * it is known when it is opened and not before. Throws as `createVersion` does; `damaged`, `hostile` or `unsupported`
 * for the file; `refused` when it is to have another name.
 */
export function importContainer(
  registry: Registry,
  file: string,
  name: ImportedName = {},
  options: ImportContainerOptions = {},
): Promise<CreatedVersion> {
  return atBorder(async () => {
    const { importVersion } = await import('./container-file-import.ts');
    return importVersion(registry, file, name, options);
  });
}
