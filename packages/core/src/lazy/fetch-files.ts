import { atBorder } from '../errors.ts';
import { type TaskOptions, taskOf } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { selectFiles } from '../versions/select.ts';
import { type ReferenceInput, versionOrLatest, withVersion } from '../versions/show.ts';
import { bringObjects, missingObjects } from './bring-objects.ts';
import { distinctParts, partsOfEach } from './presence.ts';

export interface FetchFilesOptions extends TaskOptions {
  /** Paths and globs of the files wanted; all when left out. Of a sealed version, as they are stored. */
  readonly only?: readonly string[];
  /** Only says what would be fetched. */
  readonly dryRun?: boolean;
}

export interface FetchedFiles {
  readonly model: string;
  readonly version: string;
  /** Files that were chosen. */
  readonly files: number;
  /** Bytes of their parts; of what several share, once. */
  readonly size: number;
  /** Of these bytes, those that were here before. */
  readonly present: number;
  /** What was fetched, or would be. */
  readonly fetched: { readonly parts: number; readonly bytes: number };
}

/**
 * Brings the files of a version into a lazy clone, so that everything can be done with it where there is no network.
 * Nothing is written anywhere else. Throws as `bringObjects` does.
 */
export function fetchFiles(
  registry: Registry,
  reference: ReferenceInput,
  options: FetchFilesOptions = {},
): Promise<FetchedFiles> {
  return atBorder(() =>
    withVersion(registry, versionOrLatest(reference), async (repository, { model, version }, stored) => {
      const what = `${model}@${version}`;
      const files = selectFiles(stored.document.files, options.only, what);
      const sizes = distinctParts(await partsOfEach(repository, stored, { files, what }));
      const missing = missingObjects(repository, sizes.keys());
      const size = sum(sizes.values());
      const bytes = sum(missing.map((id) => sizes.get(id)!));
      if (!options.dryRun) {
        await bringObjects(registry, repository, { ...taskOf(options), what, ids: missing, sizes });
      }
      const fetched = { parts: missing.length, bytes };
      return { model, version, files: files.length, size, present: size - bytes, fetched };
    }),
  );
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
