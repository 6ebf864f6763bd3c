import { atBorder, CairnError } from '../errors.ts';
import type { NamedKey } from '../keys/keyring.ts';
import type { Encryption } from '../keys/unlock.ts';
import { codeDigest } from '../packages/code-digest.ts';
import { isExcludedFromPackage, MANIFEST_FILE } from '../packages/layout.ts';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { VersionType } from '../schema/version.ts';
import { checkOutside } from '../sources/outside.ts';
import { checkFoundPackage } from '../sources/package.ts';
import { type Source, type Walk, walkSources } from '../sources/walk.ts';
import { type AddedVersion, checkPlace, type NewVersion } from './add-version.ts';
import { addFromSources } from './store-sources.ts';
import { recordedDetails, type VersionDetails } from './version-document.ts';
import type { VersionTarget } from './version-repository.ts';

export interface CreateVersionOptions extends VersionDetails, TaskOptions {
  /**
   * Folders, whose contents go in, and files, which go in under their own names. Those of a package stand below
   * `models`, `hooks` and `src`, where `into` puts them.
   */
  readonly sources: readonly Source[];
  /** Makes the model first when it is not there. */
  readonly createModel?: boolean;
  /** `plaintext` when left out. */
  readonly type?: VersionType;
  /** Path of the file that becomes `manifest.json` of a package, when that is not among the sources. */
  readonly manifest?: string;
  /** How a version of type `packaged-encrypted` is sealed. */
  readonly encryption?: Encryption;
  /**
   * Whether a sealed version uses the sealed data of an earlier one where nothing changed, which shows how much did;
   * true when left out.
   */
  readonly reuse?: boolean;
}

export interface CreatedVersion extends AddedVersion {
  /** Paths that were left out: `.git` folders, and of a package what Python and notebooks leave behind. */
  readonly skipped: readonly string[];
  /** What trust in the code of a package is remembered by; `null` for a version that is none. */
  readonly codeDigest: string | null;
  /** The key that was made for it, in the keyring given. */
  readonly newKey: NamedKey | null;
}

/**
 * Stores files as a new version. It is there completely or not at all, whatever happens meanwhile. Throws
 * `exists` for a version that is there, `not-found` for a model or source that is not, `changed` when a file
 * is written to while it is read, `invalid` for a package that could not be loaded, `wrong-key` when the secret does
 * not open what the model is sealed under.
 */
export function createVersion(
  registry: Registry,
  target: VersionTarget,
  options: CreateVersionOptions,
): Promise<CreatedVersion> {
  return atBorder(async () => {
    const { type = 'plaintext', createModel = false, signal, sources } = options;
    checkOptions(type, options);
    const version = {
      target,
      type,
      createModel,
      details: recordedDetails(options),
      ...(signal && { signal }),
    };
    await checkPlace(registry, target, createModel);
    checkOutside(registry.path, sources);
    const isLeftOut = type === 'plaintext' ? () => false : isExcludedFromPackage;
    const walk = await walkSources(withManifest(options), { isLeftOut, ...(signal && { signal }) });
    const created = await CREATIONS[type](registry, version, walk, options);
    return { ...created, skipped: walk.skipped };
  });
}

/** Says what would be passed over in silence otherwise. */
function checkOptions(type: VersionType, { manifest, encryption, framework }: CreateVersionOptions): void {
  if (type === 'plaintext' && manifest !== undefined) {
    throw new CairnError('invalid', 'a version of type plaintext has no manifest', {
      hint: 'choose the type packaged, or give the manifest as a source',
    });
  }
  if ((type === 'packaged-encrypted') !== (encryption !== undefined)) {
    throw new CairnError(
      'invalid',
      `encryption is for the type packaged-encrypted, and needed there; got ${type}`,
    );
  }
  if (type === 'packaged-encrypted' && framework !== undefined) {
    throw new CairnError('invalid', 'the framework of a sealed version stands in its manifest alone');
  }
}

function withManifest({ sources, manifest }: CreateVersionOptions): readonly Source[] {
  return manifest === undefined ? sources : [...sources, { path: manifest, as: MANIFEST_FILE }];
}

type Creation = (
  registry: Registry,
  version: NewVersion,
  walk: Walk,
  options: CreateVersionOptions,
) => Promise<Omit<CreatedVersion, 'skipped'>>;

const CREATIONS: Readonly<Record<VersionType, Creation>> = {
  plaintext: async (registry, version, walk, options) => {
    const added = await addFromSources(registry, version, walk, { ...options, check: () => {} });
    return { ...added, codeDigest: null, newKey: null };
  },
  packaged: async (registry, version, walk, options) => {
    const found = await checkFoundPackage(walk);
    const added = await addFromSources(registry, version, walk, { ...options, check: found.checkStored });
    return { ...added, codeDigest: codeDigest(added.version.files), newKey: null };
  },
  'packaged-encrypted': async (registry, version, walk, { encryption, ...options }) => {
    const found = await checkFoundPackage(walk);
    const { addSealedVersion } = await import('../sealing/seal-version.ts');
    return addSealedVersion(registry, version, found, { ...options, encryption: encryption! });
  },
};
