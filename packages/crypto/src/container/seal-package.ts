import { CryptoError } from '../errors.ts';
import type { KeyDomain } from '../keys/key-domain.ts';
import { checkManifest } from '../manifest/check-manifest.ts';
import type { Manifest, ManifestFile, ManifestObject } from '../manifest/manifest.ts';
import { checkName, checkPaths } from '../manifest/names.ts';
import { baseFiles } from './base-file.ts';
import type { PlainFile } from './plain-file.ts';
import { sealLargeFile } from './seal-large-file.ts';
import { sealSmallFiles } from './seal-small-files.ts';
import type { ObjectSink } from './write-object.ts';

/** A package to seal as one version. */
export interface PackagePlan {
  readonly model: string;
  readonly version: string;
  readonly parent: string | null;
  /** The text of the package's `manifest.json`; `null` where it has none. */
  readonly package: string | null;
  readonly files: readonly PlainFile[];
  /** An opened manifest of the same key domain, whose objects are used again where nothing changed. */
  readonly base?: Manifest;
}

/**
 * Seals the files of a package, one after the other, in memory that does not grow with them. New objects go
 * to `sink`; the manifest that comes back is still to be sealed, and names the base's objects it uses too.
 *
 * Throws `format` for paths or names it would refuse when reading, before anything is read; `changed` when a
 * file is not as long as it was said to be; and whatever the files and the sink throw.
 */
export async function sealPackage(domain: KeyDomain, plan: PackagePlan, sink: ObjectSink): Promise<Manifest> {
  checkPlan(plan);
  const bases = baseFiles(domain, plan.base);
  const sorted = plan.files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const small = sorted.filter((file) => file.size < domain.segmentSize);
  const sealed = await sealSmallFiles(domain, small, bases, sink);
  const files: ManifestFile[] = [...sealed.files];
  const objects = new Map((plan.base?.objects ?? []).map((object) => [object.id, object]));
  addObject(objects, sealed.object);
  for (const file of sorted.filter((file) => file.size >= domain.segmentSize)) {
    const { file: entry, object } = await sealLargeFile(domain, file, bases.get(file.path), sink);
    files.push(entry);
    addObject(objects, object);
  }
  const manifest = assembled(domain, plan, files, objects);
  checkManifest(manifest, domain.segmentSize);
  return manifest;
}

/** All that can be refused before a file is read. */
function checkPlan(plan: PackagePlan): void {
  checkName(plan.model, 'model');
  checkName(plan.version, 'version');
  if (plan.parent !== null) checkName(plan.parent, 'parent');
  checkPaths(plan.files.map((file) => file.path));
  for (const { size } of plan.files) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new CryptoError('invalid', 'file: expected a size in bytes');
    }
  }
}

function addObject(objects: Map<string, ManifestObject>, object: ManifestObject | null): void {
  if (object !== null) objects.set(object.id, object);
}

/** Files by path, and of the objects those that are used, by id. */
function assembled(
  domain: KeyDomain,
  { model, version, parent, package: text }: PackagePlan,
  files: readonly ManifestFile[],
  objects: ReadonlyMap<string, ManifestObject>,
): Manifest {
  const used = new Set(files.flatMap((file) => file.extents.map((extent) => extent.object)));
  return {
    cid: domain.cid,
    model,
    version,
    parent,
    package: text,
    files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    objects: [...used].sort().map((id) => objects.get(id)!),
  };
}
