import { listRefs, type ObjectId, type RefChange, type Repository, readRef, updateRefs } from '@cairn/store';
import { asCairnError } from '../errors.ts';
import { MAIN_REF, readMainAt } from '../models/main-branch.ts';
import { isVersionName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import { VersionSignatures } from '../signing/version-signatures.ts';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';
import { readVersionAt } from '../versions/version-repository.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';
import { relate } from './commit-graph.ts';
import { versionsHere } from './compare-model.ts';
import { caseTwin, hiddenByAlias } from './found-problems.ts';
import { problem, type SharingProblem } from './problems.ts';
import { incomingPrefix, incomingRef, incomingVersion, trackingRef } from './ref-layout.ts';

export interface Accepted {
  /** In their natural order. */
  readonly versions: readonly string[];
  readonly problems: readonly SharingProblem[];
}

export interface VersionsToAccept {
  readonly model: string;
  readonly remote: string;
  /** Ids of tags by version; those that a fetch has put aside when left out. */
  readonly given?: ReadonlyMap<string, ObjectId> | undefined;
}

/**
 * Makes versions of those that have arrived: each is read first as it will be whenever it is used, and none takes the
 * place of another, of an alias, or of one that differs only in case. What is refused is forgotten.
 */
export async function acceptVersions(
  registry: Registry,
  repository: Repository,
  { model, remote, given }: VersionsToAccept,
): Promise<Accepted> {
  const arrived = given ?? arrivedVersions(repository, remote);
  if (arrived.size === 0) return { versions: [], problems: [] };
  const taken = await takenNames(repository, model, remote);
  const incoming = relatedMain(repository, remote);
  const signatures = await VersionSignatures.open(registry, repository, { model, incoming });
  const changes: RefChange[] = [];
  const versions: string[] = [];
  const problems: SharingProblem[] = [];
  for (const [version, tag] of arrived) {
    if (!given) changes.push({ name: incomingRef(remote, version), expect: tag, to: null });
    const candidate = { model, version, tag, taken, remote, signatures };
    const found = await reasonAgainst(repository, candidate);
    if (found) problems.push(found);
    else if (readRef(repository.gitDir, TAG_PREFIX + version) === null) {
      changes.push({ name: TAG_PREFIX + version, expect: null, to: tag });
      versions.push(version);
      taken.set(version.toLowerCase(), { name: version, isAlias: false });
    }
  }
  await updateRefs(repository.gitDir, changes, { timeoutMs: LOCK_TIMEOUT_MS });
  return { versions: versions.sort(NATURAL.compare), problems };
}

/**
 * The remote's `main`, unless it has nothing in common with the one here: then it may be another model's, and none of its
 * versions comes before somebody has merged it. What is wrong with it is told by whoever merges it.
 */
function relatedMain(repository: Repository, remote: string): ObjectId | null {
  const ours = readRef(repository.gitDir, MAIN_REF);
  const theirs = readRef(repository.gitDir, trackingRef(remote));
  if (ours === null || theirs === null) return theirs;
  try {
    return relate(repository, ours, theirs).base === null ? null : theirs;
  } catch {
    return null;
  }
}

/** Ids of tags that a fetch has put aside, by version. */
export function arrivedVersions({ gitDir }: Repository, remote: string): Map<string, ObjectId> {
  const refs = [...listRefs(gitDir, incomingPrefix(remote), () => {})];
  return new Map(refs.map(([ref, { id }]) => [incomingVersion(remote, ref), id]));
}

const NATURAL = new Intl.Collator('en', { numeric: true });

interface Candidate {
  readonly model: string;
  readonly version: string;
  readonly tag: ObjectId;
  readonly remote: string;
  readonly signatures: VersionSignatures;
  /** Names of versions and aliases, by their lower case. */
  readonly taken: ReadonlyMap<string, TakenName>;
}

interface TakenName {
  readonly name: string;
  readonly isAlias: boolean;
}

async function reasonAgainst(
  repository: Repository,
  { model, version, tag, taken, remote, signatures }: Candidate,
): Promise<SharingProblem | null> {
  const what = `${model}@${version}`;
  const other = taken.get(version.toLowerCase());
  if (!isVersionName(version)) {
    const message = `${what} of ${remote} is not taken over: that is no version name`;
    return problem('name', message, { model, version });
  }
  if (other?.isAlias) return hiddenByAlias({ model, version, alias: other.name }, remote);
  if (other && other.name !== version) return caseTwin({ model, version }, remote);
  try {
    await readVersionAt(repository, { model, version }, tag);
    await signatures.require({ tag, what });
    return null;
  } catch (error) {
    const { code, message, hint = null } = asCairnError(error);
    if (!['damaged', 'hostile', 'unsupported', 'refused', 'not-found'].includes(code)) throw error;
    const kind = code === 'refused' ? 'unsigned' : 'unreadable';
    return problem(kind, `${what} of ${remote} is not taken over: ${message}`, { model, version, hint });
  }
}

/** An alias that stands for a version must not be shadowed by a version of its name, whoever made which. */
async function takenNames(
  repository: Repository,
  model: string,
  remote: string,
): Promise<Map<string, TakenName>> {
  const taken = new Map<string, TakenName>();
  for (const name of versionsHere(repository).keys()) taken.set(name.toLowerCase(), { name, isAlias: false });
  for (const ref of [MAIN_REF, trackingRef(remote)]) {
    const commit = readRef(repository.gitDir, ref);
    const main = commit ? await readMainAt(repository, model, commit).catch(() => null) : null;
    for (const alias of Object.keys(main?.document.aliases ?? {}))
      taken.set(alias.toLowerCase(), { name: alias, isAlias: true });
  }
  return taken;
}
