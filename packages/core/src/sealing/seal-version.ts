import { hash } from 'node:crypto';
import type { Manifest } from '@cairn/crypto';
import type { ObjectWriter } from '@cairn/store';
import type { NamedKey } from '../keys/keyring.ts';
import type { Encryption } from '../keys/unlock.ts';
import { codeDigest } from '../packages/code-digest.ts';
import { MANIFEST_FILE } from '../packages/layout.ts';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { FoundPackage } from '../sources/package.ts';
import {
  type AddedVersion,
  addVersion,
  type ContentsToStore,
  type NewVersion,
  type VersionContents,
} from '../versions/add-version.ts';
import { findBase } from './base.ts';
import { domainToSeal, type SealingDomain } from './domain.ts';
import { plainFiles } from './plain-files.ts';
import { type PackageToSeal, sealFiles } from './seal-files.ts';

export interface SealVersionOptions extends TaskOptions {
  readonly encryption: Encryption;
  /** Whether sealed data of an earlier version is used where nothing changed; true when left out. */
  readonly reuse?: boolean;
}

export interface AddedSealedVersion extends AddedVersion {
  /** What trust in the code of the package is remembered by. */
  readonly codeDigest: string;
  /** The key that was made for it. */
  readonly newKey: NamedKey | null;
}

/**
 * Makes a version of type `packaged-encrypted` of the package that was found. Its plaintext goes from the files
 * through memory into ciphertext and nowhere else, and no cache remembers any of it.
 */
export async function addSealedVersion(
  registry: Registry,
  version: NewVersion,
  found: FoundPackage,
  options: SealVersionOptions,
): Promise<AddedSealedVersion> {
  const { model } = version.target;
  const { encryption } = options;
  const { contents, ...added } = await addVersion(registry, version, async (repository) => {
    const sealing = await domainToSeal(repository, registry, { model, encryption });
    return sealedContents(registry, version, { sealing, found, options });
  });
  return { ...added, codeDigest: codeDigest(allFiles(contents.manifest)), newKey: contents.newKey };
}

interface SealedContents extends VersionContents {
  readonly manifest: Manifest;
  readonly newKey: NamedKey | null;
}

interface Sealing {
  readonly sealing: SealingDomain;
  readonly found: FoundPackage;
  readonly options: SealVersionOptions;
}

function sealedContents(
  registry: Registry,
  version: NewVersion,
  { sealing, found, options }: Sealing,
): ContentsToStore<SealedContents> {
  const { domain, envelope, newKey } = sealing;
  const { reuse = true, signal } = options;
  return {
    store: async (writer) => {
      try {
        const sizes = new Set(found.files.map(({ stat }) => Number(stat.size)));
        const wanted = { model: version.target.model, domain, version: version.details.base, sizes };
        const base = reuse ? await findBase(writer, registry, wanted) : null;
        const sealed = await sealFiles(writer, packageToSeal(writer, version, { sealing, found, options }), {
          ...{ domain, envelope, base },
          ...(signal && { signal }),
        });
        return { files: sealed.placed, sources: [], manifest: sealed.manifest, newKey };
      } finally {
        domain.close();
      }
    },
    checkStillRight: () => sealing.checkStillThere(),
    takeBack: async () => {
      domain.close();
      await sealing.takeBack();
    },
  };
}

/** The manifest is sealed as it was checked; the other files are read when it is their turn. */
function packageToSeal(
  writer: ObjectWriter,
  version: NewVersion,
  { sealing, found, options }: Sealing,
): PackageToSeal {
  const files = found.files.filter(({ path }) => path !== MANIFEST_FILE);
  const { segmentSize } = sealing.domain;
  return {
    name: version.target,
    parent: version.details.base,
    manifest: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(found.manifestBytes),
    files: plainFiles(writer, files, { ...options, segmentSize }),
  };
}

/** The files of a sealed package with their digests, its own manifest among them. */
function allFiles({ files, package: text }: Manifest): { path: string; sha256: string }[] {
  return text === null ? [...files] : [...files, { path: MANIFEST_FILE, sha256: hash('sha256', text) }];
}
