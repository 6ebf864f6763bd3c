import type { Identity } from '../environment.ts';
import { asCairnError, atBorder, type CairnError } from '../errors.ts';
import { withModel } from '../models/model-repository.ts';
import type { Registry } from '../registry/registry.ts';
import type { VersionType } from '../schema/version.ts';
import { type ToldOnMain, toldOnMain } from './told-on-main.ts';
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
  /** Why the note cannot be read that says more than `description`, which is what the version was made with. */
  readonly noteProblem?: CairnError;
}

/** All versions of a model, newest first. Reads one small object a version at most. */
export function listVersions(registry: Registry, model: string): Promise<VersionSummary[]> {
  return atBorder(() =>
    withModel(registry, model, async (repository) => {
      const tags = await versionTags(repository, registry, model);
      const told = await toldOnMain(repository, model);
      const latest = latestOf(tags);
      const versions: VersionSummary[] = [];
      for (const tag of tags) {
        versions.push({
          ...summary(tag),
          ...(await describedAs(tag, told)),
          latest: tag === latest,
          aliases: told.aliasesOf(tag.name),
        });
      }
      return versions;
    }),
  );
}

/** A note that is damaged must not keep the version, nor the others, from being listed. */
async function describedAs(
  { name, description }: VersionTag,
  told: ToldOnMain,
): Promise<Pick<VersionSummary, 'description' | 'noteProblem'>> {
  try {
    return { description: (await told.noteOn(name)) ?? description };
  } catch (error) {
    return { description, noteProblem: asCairnError(error) };
  }
}

function summary({ name, type, files, size, createdAt, createdBy, problem }: VersionTag) {
  return { version: name, type, files, size, createdAt, createdBy, ...(problem && { problem }) };
}
