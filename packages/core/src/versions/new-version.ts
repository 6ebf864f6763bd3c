import { listRefs, type Repository, readRef } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { aliasedVersion } from '../models/aliases.ts';
import { editMain, readMain } from '../models/main-branch.ts';
import type { Registry } from '../registry/registry.ts';
import type { VersionTarget } from './version-repository.ts';
import { TAG_PREFIX } from './version-tags.ts';

/** Throws `exists` when a version or an alias has this name, or a version one that differs from it only in case. */
export async function checkVersionIsNew(repository: Repository, target: VersionTarget): Promise<void> {
  if (readRef(repository.gitDir, TAG_PREFIX + target.version)) throw versionExists(target);
  checkCase(repository, target);
  const { document } = await readMain(repository, target.model);
  if (aliasedVersion(document, target.version) === undefined) return;
  throw new CairnError(
    'exists',
    `${target.version} is an alias of ${target.model}, and cannot be a version too`,
    {
      hint: 'choose another name',
      data: { ...target },
    },
  );
}

/** Many disks could not hold the refs of both. */
function checkCase({ gitDir }: Repository, { model, version }: VersionTarget): void {
  const folded = (TAG_PREFIX + version).toLowerCase();
  const other = [...listRefs(gitDir, TAG_PREFIX, () => {}).keys()].find(
    (name) => name.toLowerCase() === folded,
  );
  if (other === undefined) return;
  const taken = other.slice(TAG_PREFIX.length);
  throw new CairnError(
    'exists',
    `${model}@${version} cannot be made: ${taken} differs from it only in case`,
    {
      hint: `see it with \`cairn show ${model}@${taken}\`, or choose another version name`,
      data: { model, version, taken },
    },
  );
}

/**
 * Removes the note that an earlier version of this name has left: one whose deletion was cut short, or that was
 * described while it was deleted. It must not describe the new one. Not while holding a writer's lease.
 */
export async function forgetOldNote(
  repository: Repository,
  registry: Registry,
  { model, version }: VersionTarget,
): Promise<void> {
  if (!(await readMain(repository, model)).notes.has(version)) return;
  await editMain(repository, registry, {
    model,
    message: `forget what was said of ${version}`,
    change: ({ document, card, notes }) => {
      // Under the lock of main: a note that belongs to somebody's version comes after its tag.
      const isOld = notes.has(version) && readRef(repository.gitDir, TAG_PREFIX + version) === null;
      return isOld ? { document, card, notes: new Map([[version, null]]) } : null;
    },
  });
}

export function versionExists({ model, version }: VersionTarget): CairnError {
  return new CairnError('exists', `${model}@${version} exists, and a version never changes`, {
    hint: 'choose another version name, or delete this one first with `cairn rm`',
    data: { model, version },
  });
}
