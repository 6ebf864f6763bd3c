import { atBorder, CairnError } from '../errors.ts';
import type { NamedKey } from '../keys/keyring.ts';
import type { Encryption } from '../keys/unlock.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { codeDigest } from '../packages/code-digest.ts';
import { isExcludedFromPackage, MANIFEST_FILE } from '../packages/layout.ts';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { VersionType } from '../schema/version.ts';
import type { SignOptions } from '../signing/signing.ts';
import type { Origin } from '../sources/origin.ts';
import { checkOutside } from '../sources/outside.ts';
import { checkFoundPackage } from '../sources/package.ts';
import { type Source, type Walk, walkSources } from '../sources/walk.ts';
import { type AddedVersion, checkPlace, type NewVersion } from './add-version.ts';
import { detailsWith, giveCard, versionsFrom } from './origins.ts';
import { addFromSources } from './store-sources.ts';
import { recordedDetails, type VersionDetails } from './version-document.ts';
import type { VersionTarget } from './version-repository.ts';

export interface CreateVersionOptions extends VersionDetails, TaskOptions, SignOptions {
  /**
   * Folders, whose contents go in, and files, which go in under their own names. Those of a package stand below
   * `models`, `hooks` and `src`, where `into` puts them.
   */
  readonly sources: readonly Source[];
  /**
   * What else files come from, such as a run of MLflow. What they tell of the version counts where nothing else is
   * said, and is remembered with it; of a sealed version nothing is, as that would stand in the clear.
   */
  readonly origins?: readonly Origin[];
  /** Makes the model first when it is not there. */
  readonly createModel?: boolean;
  /** When left out, what the first origin has that has one, such as an archive of a package; else `plaintext`. */
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
  /** What the user should know of where its files came from, one sentence each. */
  readonly notes?: readonly string[];
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
    const { createModel = false, signal, sources, origins = [] } = options;
    const type = options.type ?? origins.find((origin) => origin.type)?.type ?? 'plaintext';
    checkOptions(type, options);
    const isSealed = type === 'packaged-encrypted';
    const version = {
      target,
      type,
      createModel,
      details: recordedDetails(isSealed ? options : detailsWith(options, origins)),
      ...(signal && { signal }),
      ...(options.sign !== undefined && { sign: options.sign }),
    };
    await checkPlace(registry, target, createModel);
    checkOutside(registry.path, sources);
    for (const origin of origins) checkOutside(registry.path, origin.sources, { mayBeKept: true });
    const earlier = await earlierVersions(registry, target.model, origins);
    const isLeftOut = type === 'plaintext' ? () => false : isExcludedFromPackage;
    const walk = await walkSources(allSources(options), { isLeftOut, ...(signal && { signal }) });
    const created = await CREATIONS[type](registry, version, walk, options);
    if (!isSealed) await giveCard(registry, target.model, origins);
    const notes = [...origins.flatMap((origin) => origin.notes ?? []), ...earlier];
    return { ...created, skipped: walk.skipped, ...(notes.length > 0 && { notes }) };
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

/** Those of origins are the last. */
function allSources({ sources, manifest, origins = [] }: CreateVersionOptions): readonly Source[] {
  const given = manifest === undefined ? sources : [...sources, { path: manifest, as: MANIFEST_FILE }];
  return [...given, ...origins.flatMap((origin) => origin.sources)];
}

/** Versions named in a note. */
const NAMED_MAX = 3;

/** Says which versions were made from the same, which is nothing wrong but may be a mistake. */
async function earlierVersions(
  registry: Registry,
  model: string,
  origins: readonly Origin[],
): Promise<string[]> {
  if (origins.length === 0 || !(await modelNames(registry)).includes(model)) return [];
  const names = await withModel(registry, model, (repository) =>
    versionsFrom(repository, registry, { model, origins }),
  );
  if (names.length === 0) return [];
  const told = names.slice(0, NAMED_MAX).map((name) => `${model}@${name}`);
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '';
  return [`the same was added before, as ${told.join(', ')}${more}`];
}

type Creation = (
  registry: Registry,
  version: NewVersion,
  walk: Walk,
  options: CreateVersionOptions,
) => Promise<Omit<CreatedVersion, 'skipped'>>;

const CREATIONS: Readonly<Record<VersionType, Creation>> = {
  plaintext: async (registry, version, walk, options) => {
    const added = await addFromSources(registry, version, walk, { origins: [], ...options, check: () => {} });
    return { ...added, codeDigest: null, newKey: null };
  },
  packaged: async (registry, version, walk, options) => {
    const found = await checkFoundPackage(walk);
    const added = await addFromSources(registry, version, walk, {
      origins: [],
      ...options,
      check: found.checkStored,
    });
    return { ...added, codeDigest: codeDigest(added.version.files), newKey: null };
  },
  'packaged-encrypted': async (registry, version, walk, { encryption, ...options }) => {
    const found = await checkFoundPackage(walk);
    const { addSealedVersion } = await import('../sealing/seal-version.ts');
    return addSealedVersion(registry, version, found, { ...options, encryption: encryption! });
  },
};
