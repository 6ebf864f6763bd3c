import { translated } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { Pace, type PaceOptions } from './pace.ts';
import { FROM_OTHERS, markFrom } from './reachability.ts';
import { shallowCommits } from './roots.ts';
import { type Collected, surveyObjects } from './survey.ts';

/**
 * Objects that are not here, of all that some roots lead to, as far as what is here tells: where a tree is missing,
 * nobody knows yet what is in it. Reads trees, commits and tags, and no blobs.
 */
export async function missingFrom(
  repository: Collected,
  roots: Iterable<ObjectId>,
  options: PaceOptions = {},
): Promise<ReadonlySet<ObjectId>> {
  const { gitDir, objects } = repository;
  const missing = new Set<ObjectId>();
  try {
    const { table } = surveyObjects(repository, false);
    const onMissing = (id: ObjectId) => void missing.add(id);
    const pace = new Pace(options);
    const walk = { objects, table, shallow: shallowCommits(gitDir), isPartial: true, pace, onMissing };
    await markFrom(roots, walk, FROM_OTHERS);
    return missing;
  } catch (error) {
    throw translated(error, `look for what is missing in ${gitDir}`);
  }
}
