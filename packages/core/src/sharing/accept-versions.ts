import { listRefs, type ObjectId, type RefChange, type Repository, readRef, updateRefs } from '@cairn/store';
import { asCairnError } from '../errors.ts';
import { MAIN_REF, readMainAt } from '../models/main-branch.ts';
import { isVersionName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import { VersionSignatures } from '../signing/version-signatures.ts';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';
import { readVersionAt } from '../versions/version-repository.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';
import { versionsHere } from './compare-model.ts';
import { problem, type SharingProblem } from './problems.ts';
import { incomingPrefix, trackingRef } from './ref-layout.ts';

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
  const incoming = trackingRef(remote);
  const signatures = await VersionSignatures.open(registry, repository, { model, incoming });
  const changes: RefChange[] = [];
  const versions: string[] = [];
  const problems: SharingProblem[] = [];
  for (const [version, tag] of arrived) {
    if (!given) changes.push({ name: incomingPrefix(remote) + version, expect: tag, to: null });
    const candidate = { model, version, tag, taken, remote, signatures };
    const found = await reasonAgainst(repository, candidate);
    if (found) problems.push(found);
    else if (readRef(repository.gitDir, TAG_PREFIX + version) === null) {
      changes.push({ name: TAG_PREFIX + version, expect: null, to: tag });
      versions.push(version);
      taken.set(version.toLowerCase(), version);
    }
  }
  await updateRefs(repository.gitDir, changes, { timeoutMs: LOCK_TIMEOUT_MS });
  return { versions: versions.sort(NATURAL.compare), problems };
}

/** Ids of tags that a fetch has put aside, by version. */
export function arrivedVersions({ gitDir }: Repository, remote: string): Map<string, ObjectId> {
  const prefix = incomingPrefix(remote);
  const refs = [...listRefs(gitDir, prefix, () => {})];
  return new Map(refs.map(([ref, { id }]) => [ref.slice(prefix.length), id]));
}

const NATURAL = new Intl.Collator('en', { numeric: true });

interface Candidate {
  readonly model: string;
  readonly version: string;
  readonly tag: ObjectId;
  readonly remote: string;
  readonly signatures: VersionSignatures;
  /** Names of versions and aliases, by their lower case. */
  readonly taken: ReadonlyMap<string, string>;
}

async function reasonAgainst(
  repository: Repository,
  { model, version, tag, taken, remote, signatures }: Candidate,
): Promise<SharingProblem | null> {
  const what = `${model}@${version}`;
  const other = taken.get(version.toLowerCase());
  if (!isVersionName(version) || (other !== undefined && other !== version)) {
    const reason =
      other === undefined ? 'that is no version name' : `it has the name of ${other}, but for case or kind`;
    return problem('name', `${what} of ${remote} is not taken over: ${reason}`, {
      ...{ model, version },
      hint: other === undefined ? null : `rename ${model}@${other} or remove the alias, then \`cairn pull\``,
    });
  }
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
): Promise<Map<string, string>> {
  const taken = new Map([...versionsHere(repository).keys()].map((name) => [name.toLowerCase(), name]));
  for (const ref of [MAIN_REF, trackingRef(remote)]) {
    const commit = readRef(repository.gitDir, ref);
    const main = commit ? await readMainAt(repository, model, commit).catch(() => null) : null;
    for (const alias of Object.keys(main?.document.aliases ?? {}))
      taken.set(alias.toLowerCase(), `the alias ${alias}`);
  }
  return taken;
}
