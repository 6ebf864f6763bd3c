import { atBorder } from '../errors.ts';
import type { Unlock } from '../keys/unlock.ts';
import type { Package } from './package.ts';
import { readPackage } from './read-package.ts';

export interface OpenPackageFileOptions {
  /** What the file is opened with. */
  readonly unlock: Unlock;
}

/**
 * Opens a `.cairn` file for reading, without any registry; nothing of it is written anywhere. Throws `wrong-key` when
 * it does not open, `damaged`, `hostile` or `unsupported` for the file, `invalid` for a package manifest that is none.
 */
export function openPackageFile(file: string, { unlock }: OpenPackageFileOptions): Promise<Package> {
  return atBorder(async () => {
    const { openContainerPackage } = await import('../sealing/container-file-package.ts');
    return readPackage(await openContainerPackage(file, unlock));
  });
}
