import type { VersionType } from '@cairn/core';
import { usageError } from '../errors.ts';
import { PACKAGE_FOLDERS } from './sources.ts';
import { suggestion } from './suggest.ts';

const TYPES: readonly VersionType[] = ['plaintext', 'packaged', 'packaged-encrypted'];

/** Options of `add` that only some types of version have, as they were given. */
export interface TypedOptions {
  readonly type: string | undefined;
  readonly framework: string | undefined;
  readonly [option: string]: unknown;
}

const OF_PACKAGES: readonly string[] = [...Object.keys(PACKAGE_FOLDERS), 'manifest'];

/** Options of sealed versions alone. */
export const OF_SEALED = [
  'encrypt',
  'key',
  'key-file',
  'passphrase-file',
  'passphrase-fd',
  'no-reuse',
] as const;

/** The type of the version to make. Throws a usage error for an option that is of another type, and says which. */
export function versionTypeFrom(options: TypedOptions): VersionType {
  const { type: typed = 'plaintext', framework } = options;
  const type = TYPES.find((known) => known === typed);
  if (!type)
    throw usageError(`--type '${typed}' is not one of ${TYPES.join(', ')}`, suggestion(typed, TYPES));
  const ofPackage = OF_PACKAGES.find((name) => isGiven(options[name]));
  if (type === 'plaintext' && ofPackage) {
    throw usageError(`--${ofPackage} is for packages`, 'add --type packaged, or --type packaged-encrypted');
  }
  const ofSealed = OF_SEALED.find((name) => isGiven(options[name]));
  if (type !== 'packaged-encrypted' && ofSealed) {
    throw usageError(`--${ofSealed} is for sealed versions`, 'add --type packaged-encrypted');
  }
  if (type === 'packaged-encrypted' && framework !== undefined) {
    throw usageError('--framework would stand in the clear', 'leave it to the manifest, which is sealed');
  }
  return type;
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}
