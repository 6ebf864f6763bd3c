import { type Repository, readRef } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { aliasedVersion } from '../models/aliases.ts';
import { readMain } from '../models/main-branch.ts';
import type { VersionTarget } from './version-repository.ts';
import { TAG_PREFIX } from './version-tags.ts';

/** Throws `exists` when a version or an alias has this name. */
export async function checkVersionIsNew(repository: Repository, target: VersionTarget): Promise<void> {
  if (readRef(repository.gitDir, TAG_PREFIX + target.version)) throw versionExists(target);
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

export function versionExists({ model, version }: VersionTarget): CairnError {
  return new CairnError('exists', `${model}@${version} exists, and a version never changes`, {
    hint: 'choose another version name, or delete this one first with `cairn rm`',
    data: { model, version },
  });
}
