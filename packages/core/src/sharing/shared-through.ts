import { listRemoteRefs, type ObjectId, type Repository } from '@cairn/store';
import { asCairnError, CairnError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';
import { programsOf } from './contact.ts';
import { type RemoteSettings, readRemotes } from './remote-settings.ts';
import { hasSharedVersions, readSharedVersions } from './shared-versions.ts';

/** A version that others may have, and where from. */
export interface SharedThrough {
  readonly version: string;
  readonly remote: string;
}

/**
 * The first of some versions that a remote has as it is here; `null` when none has. The remotes are asked; of one that
 * cannot be, what was seen there last counts. Throws `refused` where it was never looked at: nobody can tell then.
 *
 * @param versions ids of tags, by version
 */
export async function sharedThrough(
  registry: Registry,
  repository: Repository,
  versions: ReadonlyMap<string, ObjectId>,
): Promise<SharedThrough | null> {
  if (versions.size === 0) return null;
  for (const [remote, settings] of readRemotes(repository)) {
    if (settings.url === undefined) continue;
    const there = await versionsThere(registry, repository, { remote, settings });
    const version = [...versions].find(([name, tag]) => there.get(name) === tag)?.[0];
    if (version !== undefined) return { version, remote };
  }
  return null;
}

interface Asked {
  readonly remote: string;
  readonly settings: RemoteSettings;
}

async function versionsThere(
  registry: Registry,
  repository: Repository,
  { remote, settings }: Asked,
): Promise<ReadonlyMap<string, ObjectId>> {
  try {
    const refs = await listRemoteRefs(null, settings.url!.at(-1)!, { programs: programsOf(registry) });
    const prefix = tagsThere(settings);
    const tags = [...refs].filter(([ref]) => ref.startsWith(prefix));
    return new Map(tags.map(([ref, tag]) => [ref.slice(prefix.length), tag] as const));
  } catch (error) {
    if (await hasSharedVersions(repository, remote)) return readSharedVersions(repository, remote);
    throw cannotTell(remote, error);
  }
}

/** What names of tags begin with on a remote, whoever has set it up. */
function tagsThere({ fetch = [] }: RemoteSettings): string {
  const target = `:${TAG_PREFIX}*`;
  const refspec = fetch.find((each) => each.endsWith(`*${target}`));
  return refspec?.slice(0, -`*${target}`.length).replace(/^\+/, '') ?? TAG_PREFIX;
}

function cannotTell(remote: string, cause: unknown): CairnError {
  const { message } = asCairnError(cause);
  return new CairnError('refused', `it cannot be told whether this is shared through ${remote}: ${message}`, {
    hint: `try again when ${remote} can be reached, or remove it with \`cairn remote rm ${remote}\` if it is no more`,
    data: { remote },
    cause,
  });
}
