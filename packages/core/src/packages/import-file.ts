import { resolve } from 'node:path';
import { atBorder, CairnError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { type ImportContainerOptions, importContainer } from '../sealing/container-file.ts';
import type { CreatedVersion } from '../versions/create.ts';
import type { VersionTarget } from '../versions/version-repository.ts';
import { importArchive } from './archive-import.ts';
import { fileKindOf } from './file-kind.ts';

/**
 * Takes a package file into the registry, a `.mlarchive` or a `.cairn` file; which of them it is, its content tells.
 * What is left out of the name is what the file says. Throws as `importArchive` and `importContainer` do.
 */
export function importPackageFile(
  registry: Registry,
  file: string,
  name: Partial<VersionTarget> = {},
  options: ImportContainerOptions = {},
): Promise<CreatedVersion> {
  return atBorder(async () => {
    const path = resolve(file);
    const kind = await fileKindOf(path);
    if (kind === 'archive') return importArchive(registry, path, name, options);
    if (kind === 'container') return importContainer(registry, path, name, options);
    throw new CairnError('invalid', `${file} is neither a .mlarchive nor a .cairn file`, {
      hint: `${kind === 'folder' ? 'add a folder' : 'add other files'} with \`cairn add\``,
      data: { path: file },
    });
  });
}
