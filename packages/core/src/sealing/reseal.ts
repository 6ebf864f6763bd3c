import type { PlainFile } from '@cairn/crypto';
import { ObjectWriter, type Repository, updateRefs } from '@cairn/store';
import { CairnError } from '../errors.ts';
import type { ResealOptions } from '../keys/model-access.ts';
import { withModel } from '../models/model-repository.ts';
import { checkCancelled } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { sharedThrough } from '../sharing/shared-through.ts';
import { signerOf } from '../signing/signer.ts';
import type { Signer } from '../signing/signing.ts';
import { LOCK_TIMEOUT_MS, WRITER_TIMEOUT_MS } from '../time-limits.ts';
import { tidyUp } from '../upkeep/tidy-up.ts';
import { rewriteVersion } from '../versions/rewrite-version.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';
import { baseAt, type SealingBase } from './base.ts';
import { domainToSeal, type SealingDomain } from './domain.ts';
import { OldVersions, sealedVersions } from './old-versions.ts';
import { type FoundVersion, nameInKeys, type SealedVersion } from './open-version.ts';
import { countedBy } from './plain-files.ts';
import { type PackageToSeal, sealFiles } from './seal-files.ts';

/** Versions by name: those that were sealed anew, and those that were in the model's current key domain already. */
export interface Resealed {
  readonly resealed: readonly string[];
  readonly current: readonly string[];
  /** Those that were signed, and are not any more; left out where there are none. */
  readonly signaturesLost?: readonly string[];
}

/**
 * Seals the versions of a model anew that are not in its current key domain. This is the one operation that gives a
 * version's tag another target: the package in it stays what it was, to the byte, and so does all that is said of it.
 * Wherever the work is cut short, each version is in one domain or in the other, and to do it again goes on with the
 * rest. The old objects stay until garbage is collected.
 *
 * Throws `wrong-key`, `damaged` or `hostile`, before anything is sealed, when one of the versions cannot be opened;
 * `refused` for a model that is shared, where others have its tags.
 */
export async function resealVersions(
  registry: Registry,
  model: string,
  options: ResealOptions,
): Promise<Resealed> {
  return withModel(registry, model, async (repository) => {
    // The oldest first, so that those that were made from others find them sealed anew.
    const found = await sealedVersions(repository, registry, model);
    if (found.length === 0) return { resealed: [], current: [] };
    const { encryption } = options;
    const signer = await signerOf(registry, options);
    const sealing = await domainToSeal(repository, registry, { model, encryption });
    const isCurrent = ({ sealed }: FoundVersion) => Buffer.from(sealed.parsed.cid).equals(sealing.domain.cid);
    const old = found.filter((version) => !isCurrent(version));
    try {
      await checkNotShared(repository, registry, { model, found: old });
      await using opened = await OldVersions.open(repository, old, options.unlock);
      const signaturesLost = await resealEach(repository, opened, { sealing, options, signer });
      await tidyUp(repository);
      return {
        resealed: old.map(nameOf),
        current: found.filter(isCurrent).map(nameOf),
        ...(signaturesLost.length > 0 && { signaturesLost }),
      };
    } finally {
      sealing.domain.close();
    }
  });
}

function nameOf({ stored }: FoundVersion): string {
  return stored.name;
}

/** Throws `refused` when a sealed version of a model is shared, so that the model's versions cannot be sealed anew. */
export async function checkMayReseal(registry: Registry, model: string): Promise<void> {
  await withModel(registry, model, async (repository) =>
    checkNotShared(repository, registry, { model, found: await sealedVersions(repository, registry, model) }),
  );
}

interface VersionsToReseal {
  readonly model: string;
  readonly found: readonly FoundVersion[];
}

async function checkNotShared(
  repository: Repository,
  registry: Registry,
  { model, found }: VersionsToReseal,
): Promise<void> {
  const tags = new Map(found.map(({ stored }) => [stored.name, stored.tag] as const));
  const shared = await sharedThrough(registry, repository, tags);
  if (shared === null) return;
  const { version, remote } = shared;
  throw new CairnError(
    'refused',
    `the versions of ${model} cannot be sealed anew: ${version} is shared through ${remote}`,
    {
      hint:
        'others have its tag, which would no longer be the same: rotate without sealing anew, so that new versions are ' +
        'under the new key, and add old ones again under other names',
      data: { model, version, remote },
    },
  );
}

interface Resealing {
  readonly sealing: SealingDomain;
  readonly options: ResealOptions;
  readonly signer: Signer | null;
}

async function resealEach(
  repository: Repository,
  old: OldVersions,
  { sealing, options, signer }: Resealing,
): Promise<string[]> {
  const signaturesLost: string[] = [];
  const counted = countedBy(old.total, options);
  const done: FoundVersion[] = [];
  for (const version of old.versions) {
    checkCancelled(options.signal);
    await using opened = await old.open(version);
    await using writer = await ObjectWriter.open(repository, {
      purpose: `seal ${version.target.model}@${version.target.version} anew`,
      timeoutMs: WRITER_TIMEOUT_MS,
      ...(options.signal && { signal: options.signal }),
    });
    const { placed } = await sealFiles(writer, packageIn(opened, version, counted), {
      domain: sealing.domain,
      envelope: sealing.envelope,
      base: await relatedBase(writer, version, { done, sealing }),
      ...(options.signal && { signal: options.signal }),
    });
    const { stored } = version;
    const { tag, signatureLost } = await rewriteVersion(writer, stored, {
      name: stored.name,
      files: placed,
      signer,
    });
    await writer.commit();
    await sealing.checkStillThere();
    await updateRefs(repository.gitDir, [{ name: TAG_PREFIX + stored.name, expect: stored.tag, to: tag }], {
      timeoutMs: LOCK_TIMEOUT_MS,
    });
    if (signatureLost) signaturesLost.push(stored.name);
    done.push(version);
  }
  return signaturesLost;
}

/** What is in a sealed version, as it comes out of it. */
function packageIn(
  { manifest, chunks }: SealedVersion,
  { stored }: FoundVersion,
  counted: ReturnType<typeof countedBy>,
): PackageToSeal {
  return {
    name: nameInKeys(stored),
    parent: manifest.parent,
    manifest: manifest.package,
    files: manifest.files.map(
      ({ path, role, executable, size, sha256 }): PlainFile => ({
        ...{ path, role, executable, size },
        open: () => counted(chunks(path)),
        // `chunks` has thrown by then when it is not this.
        sha256: async () => sha256,
      }),
    ),
  };
}

/** The newest that shared objects with this version before: what is seen of them from outside stays what it was. */
async function relatedBase(
  writer: ObjectWriter,
  { sealed }: FoundVersion,
  { done, sealing }: { readonly done: readonly FoundVersion[]; readonly sealing: SealingDomain },
): Promise<SealingBase | null> {
  const related = done.findLast((other) =>
    [...other.sealed.objects.keys()].some((id) => sealed.objects.has(id)),
  );
  return related ? baseAt(writer, related.target, { domain: sealing.domain }) : null;
}
