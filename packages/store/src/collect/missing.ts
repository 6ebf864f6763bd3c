import { StoreError, translated } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { Pace, type PaceOptions } from './pace.ts';
import { FROM_OTHERS, markFrom } from './reachability.ts';
import { shallowCommits } from './roots.ts';
import { type Collected, surveyObjects } from './survey.ts';

/** How often it is looked again while packs come and go. */
const ATTEMPTS = 4;

/**
 * Objects that are not here, of all that some roots lead to, as far as what is here tells: where a tree is missing,
 * nobody knows yet what is in it. Reads trees, commits and tags, and no blobs.
 */
export async function missingFrom(
  repository: Collected,
  roots: Iterable<ObjectId>,
  options: PaceOptions = {},
): Promise<ReadonlySet<ObjectId>> {
  const from = [...roots];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await lookOnce(repository, from, options);
    } catch (error) {
      const isOver = !(error instanceof StoreError) || error.code !== 'changed' || attempt === ATTEMPTS;
      if (isOver) throw translated(error, `look for what is missing in ${repository.gitDir}`);
    }
  }
}

async function lookOnce(
  repository: Collected,
  roots: readonly ObjectId[],
  options: PaceOptions,
): Promise<ReadonlySet<ObjectId>> {
  const { gitDir, objects } = repository;
  const missing = new Set<ObjectId>();
  const { table } = surveyObjects(repository, false);
  await markFrom(
    roots,
    {
      ...{ objects, table, shallow: shallowCommits(gitDir), pace: new Pace(options) },
      isPromised: () => true,
      onMissing: (id) => void missing.add(id),
    },
    FROM_OTHERS,
  );
  return missing;
}
