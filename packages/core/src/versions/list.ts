import type { Repository } from '@cairn/store';
import type { Identity } from '../environment.ts';
import { atBorder, type CairnError } from '../errors.ts';
import { type MainBranch, readMain, readNote } from '../models/main-branch.ts';
import { withModel } from '../models/model-repository.ts';
import type { Registry } from '../registry/registry.ts';
import type { VersionType } from '../schema/version.ts';
import { latestOf, type VersionTag, versionTags } from './version-tags.ts';

/** A version as a list shows it. */
export interface VersionSummary {
  readonly version: string;
  readonly type: VersionType;
  /** Number of files. */
  readonly files: number;
  /** Bytes of all files. */
  readonly size: number;
  readonly createdAt: string;
  readonly createdBy: Identity;
  readonly description: string;
  readonly latest: boolean;
  readonly aliases: readonly string[];
  /** Why the tag cannot be read as a version; the other fields say nothing then. */
  readonly problem?: CairnError;
}

/** All versions of a model, newest first. Reads one small object a version at most. */
export function listVersions(registry: Registry, model: string): Promise<VersionSummary[]> {
  return atBorder(() =>
    withModel(registry, model, async (repository) => {
      const tags = await versionTags(repository, registry, model);
      const main = await readMain(repository, model);
      const aliases = aliasesByVersion(main.document.aliases);
      const latest = latestOf(tags);
      const versions: VersionSummary[] = [];
      for (const tag of tags) {
        versions.push({
          ...summary(tag),
          description: (await noteIfReadable(repository, main, tag.name)) ?? tag.description,
          latest: tag === latest,
          aliases: aliases.get(tag.name) ?? [],
        });
      }
      return versions;
    }),
  );
}

/** A note that is damaged must not keep the others from being listed; whoever shows the version is told. */
async function noteIfReadable(
  repository: Repository,
  main: MainBranch,
  version: string,
): Promise<string | undefined> {
  if (!main.notes.has(version)) return undefined;
  const note = await readNote(repository, main, version).catch(() => null);
  return note?.description;
}

function summary({ name, type, files, size, createdAt, createdBy, problem }: VersionTag) {
  return { version: name, type, files, size, createdAt, createdBy, ...(problem && { problem }) };
}

function aliasesByVersion(aliases: Readonly<Record<string, string>>): Map<string, string[]> {
  const byVersion = new Map<string, string[]>();
  for (const [alias, version] of Object.entries(aliases)) {
    byVersion.set(version, [...(byVersion.get(version) ?? []), alias].sort());
  }
  return byVersion;
}
