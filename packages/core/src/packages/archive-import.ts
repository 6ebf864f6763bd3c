import { storeFiles } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { checkModelName, checkVersionName } from '../names.ts';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { checkFoundPackage } from '../sources/package.ts';
import { describeSources, sizeOf, type Walk, walkSources } from '../sources/walk.ts';
import { type AddedVersion, addVersion, checkPlace, type NewVersion } from '../versions/add-version.ts';
import type { CreatedVersion } from '../versions/create.ts';
import { recordedDetails, type VersionDetails } from '../versions/version-document.ts';
import type { VersionTarget } from '../versions/version-repository.ts';
import type { ArchiveEntry } from './archive-directory.ts';
import { packageIn } from './archive-package.ts';
import type { Archive } from './archive-reader.ts';
import { codeDigest } from './code-digest.ts';
import type { PackageManifest } from './manifest.ts';
import { unpackEntries } from './unpack-entries.ts';
import { openUnpackFolder } from './unpack-folder.ts';

export interface ImportArchiveOptions extends VersionDetails, TaskOptions {
  /** Makes the model first when it is not there. */
  readonly createModel?: boolean;
}

/** Where a package goes. What is left out is what its manifest calls it. */
export type ImportTarget = Partial<VersionTarget>;

/**
 * Takes a `.mlarchive` into the registry as a version of type `packaged`. The archive is not trusted: all of its
 * directory is checked before anything of it is written, and nothing is written outside of a private folder, which is
 * removed at the end. Throws as `createVersion` does, and `damaged`, `hostile` or `unsupported` for the archive.
 */
export function importArchive(
  registry: Registry,
  file: string,
  target: ImportTarget = {},
  options: ImportArchiveOptions = {},
): Promise<CreatedVersion> {
  return atBorder(async () => {
    const details = recordedDetails(options);
    const { openArchive } = await import('./archive-reader.ts');
    await using archive = await openArchive(file);
    const { manifest, entries, skipped } = await packageIn(archive);
    const { createModel = false, signal } = options;
    const named = nameFor(target, manifest);
    const version = {
      target: named,
      type: 'packaged',
      createModel,
      details,
      ...(signal && { signal }),
    } as const;
    await checkPlace(registry, named, createModel);
    const added = await unpackAndAdd(registry, { ...options, archive, entries, file, version });
    return { ...added, skipped, codeDigest: codeDigest(added.version.files), newKey: null };
  });
}

/** What a manifest says is for people to read, and need not be a name here. */
function nameFor({ model, version }: ImportTarget, manifest: PackageManifest): VersionTarget {
  try {
    return {
      model: checkModelName(model ?? manifest.name ?? ''),
      version: checkVersionName(version ?? manifest.version),
    };
  } catch (cause) {
    if (model !== undefined && version !== undefined) throw cause;
    const told = `${manifest.name ?? 'nothing'}, ${manifest.version}`;
    throw new CairnError('invalid', `the manifest calls the package ${told}, which cannot name a version`, {
      hint: 'name the version to make, such as stockpred@v1',
      cause,
    });
  }
}

interface Import extends ImportArchiveOptions {
  readonly archive: Archive;
  readonly entries: readonly ArchiveEntry[];
  /** Of the archive, as it was given. */
  readonly file: string;
  readonly version: NewVersion;
}

async function unpackAndAdd(registry: Registry, source: Import): Promise<AddedVersion> {
  const aside = await openUnpackFolder(registry);
  try {
    await unpackEntries(aside.files, source.archive, source);
    const walk = await walkSources([{ path: aside.files }], source);
    const { checkStored } = await checkFoundPackage(walk);
    const { contents: _, ...added } = await addVersion(registry, source.version, async () => ({
      store: async (writer) => {
        const found = walk.sources.flatMap(({ files }) => files);
        const stored = await storeFiles(writer, found, storing(walk, source));
        const files = found.map(({ path }, index) => ({ path, stored: stored[index]! }));
        checkStored(files);
        return {
          files,
          sources: describeSources(walk).map((each) => ({ ...each, kind: 'archive', path: source.file })),
        };
      },
    }));
    return added;
  } finally {
    await aside.remove();
  }
}

function storing(walk: Walk, { signal, onProgress }: TaskOptions) {
  const files = walk.sources.flatMap((source) => source.files);
  const total = sizeOf(files);
  return {
    bytesExpected: total,
    ...(signal && { signal }),
    onProgress: (done: { readonly bytes: number; readonly files: number }) =>
      onProgress?.({
        phase: 'storing',
        done: done.bytes,
        total,
        files: { done: done.files, total: files.length },
      }),
  };
}
