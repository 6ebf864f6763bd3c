import { identityOf, type ObjectWriter, type StoredFile, storeFiles } from '@cairn/store';
import { openStatCache, type StatCache } from '../cache/stat-cache.ts';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { Origin } from '../sources/origin.ts';
import { type FoundFile, sizeOf, type Walk } from '../sources/walk.ts';
import { type AddedVersion, addVersion, type NewVersion } from './add-version.ts';
import { historiesOf, recordedSources } from './origins.ts';
import type { PlacedFile } from './version-tree.ts';

export interface AddFromSourcesOptions extends TaskOptions {
  /** What the last sources of the walk come from. */
  readonly origins: readonly Origin[];
  /** Sees all files before the version is there. */
  readonly check: (files: readonly PlacedFile[]) => void;
}

/** Makes a version of the files that were found, as they are. */
export async function addFromSources(
  registry: Registry,
  version: NewVersion,
  walk: Walk,
  options: AddFromSourcesOptions,
): Promise<AddedVersion> {
  const metricHistories = historiesOf(options.origins);
  const caches: StatCache[] = [];
  const { contents: _, ...added } = await addVersion(registry, version, async () => ({
    store: async (writer) => {
      for (const { root } of walk.sources) caches.push(await openStatCache(registry, root));
      const files = await placeFiles(writer, { walk, caches, options });
      options.check(files);
      const sources = recordedSources(walk, options.origins);
      return { files, sources, ...(metricHistories && { metricHistories }) };
    },
  }));
  await Promise.all(caches.map((cache) => cache.save()));
  return added;
}

interface Storing {
  readonly walk: Walk;
  /** One for each source. */
  readonly caches: readonly StatCache[];
  readonly options: TaskOptions;
}

/** Stores what is not known from before, and gives all files with their places. */
async function placeFiles(writer: ObjectWriter, { walk, caches, options }: Storing): Promise<PlacedFile[]> {
  const found = walk.sources.flatMap(({ files }, index) =>
    files.map((file) => ({ file, cache: caches[index]! })),
  );
  const known = found.map(({ file, cache }) => recall(writer, file, cache));
  const unknown = found.filter((_, index) => known[index] === null);
  const stored = await storeUnknown(
    writer,
    unknown.map(({ file }) => file),
    { options, all: found.map(({ file }) => file) },
  );
  for (const [index, { file, cache }] of unknown.entries()) cache.remember(file.from, stored[index]!);
  let next = 0;
  return found.map(({ file: { path } }, index) => ({ path, stored: known[index] ?? stored[next++]! }));
}

/** What a file held when it was last read, if it has not changed and the repository still has all of it. */
function recall(writer: ObjectWriter, file: FoundFile, cache: StatCache): StoredFile | null {
  const stored = cache.recall(file.from, identityOf(file.stat));
  if (!stored || !writer.hasContent(stored.content)) return null;
  writer.reused.bytes += stored.size;
  writer.reused.parts += 1;
  return stored;
}

function storeUnknown(
  writer: ObjectWriter,
  unknown: readonly FoundFile[],
  { options, all }: { options: TaskOptions; all: readonly FoundFile[] },
): Promise<StoredFile[]> {
  const total = sizeOf(all);
  const expected = sizeOf(unknown);
  const skipped = { bytes: total - expected, files: all.length - unknown.length };
  return storeFiles(writer, unknown, {
    bytesExpected: expected,
    ...(options.signal && { signal: options.signal }),
    onProgress: ({ bytes, files }) =>
      options.onProgress?.({
        phase: 'storing',
        done: skipped.bytes + bytes,
        total,
        files: { done: skipped.files + files, total: all.length },
      }),
  });
}
