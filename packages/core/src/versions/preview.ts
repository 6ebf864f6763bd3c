import { identityOf } from '@cairn/store';
import { openStatCache } from '../cache/stat-cache.ts';
import { atBorder } from '../errors.ts';
import { isExcludedFromPackage, MANIFEST_FILE } from '../packages/layout.ts';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { VersionType } from '../schema/version.ts';
import type { Origin } from '../sources/origin.ts';
import { checkOutside } from '../sources/outside.ts';
import { checkFoundPackage } from '../sources/package.ts';
import { type FoundFile, type Source, walkSources } from '../sources/walk.ts';

/** A file as it would stand in a version. */
export interface PreviewFile {
  /** Where it would stand. */
  readonly path: string;
  /** Where it is read from, links resolved. */
  readonly from: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: string;
}

/** The files of one source. */
export interface PreviewSource {
  readonly source: Source;
  readonly kind: 'folder' | 'file';
  readonly files: readonly PreviewFile[];
  /** Bytes of its files. */
  readonly size: number;
}

/** What a version of these sources would hold. */
export interface VersionPreview {
  readonly sources: readonly PreviewSource[];
  /** Number of files. */
  readonly files: number;
  /** Bytes of all files. */
  readonly size: number;
  /** Bytes of files that have not changed since this machine stored them last: they are not read again. */
  readonly known: number;
  /** Paths that would be left out: `.git` folders. */
  readonly skipped: readonly string[];
}

export interface PreviewOptions extends Pick<TaskOptions, 'signal'> {
  /** `plaintext` when left out; files are looked at as a package otherwise. */
  readonly type?: VersionType;
  /** Path of the file that becomes `manifest.json` of a package, when that is not among the sources. */
  readonly manifest?: string;
  /** What else files come from. */
  readonly origins?: readonly Origin[];
}

/**
 * Finds the files that {@link createVersion} would store, and checks that they can stand in one version, with the
 * errors that it would throw. Reads no contents but a package's manifest, and changes nothing.
 */
export function previewVersion(
  registry: Registry,
  sources: readonly Source[],
  { type = 'plaintext', manifest, origins = [], signal }: PreviewOptions = {},
): Promise<VersionPreview> {
  return atBorder(async () => {
    checkOutside(registry.path, sources);
    for (const origin of origins) checkOutside(registry.path, origin.sources, { mayBeKept: true });
    const given = manifest === undefined ? sources : [...sources, { path: manifest, as: MANIFEST_FILE }];
    const all = [...given, ...origins.flatMap((origin) => origin.sources)];
    const isLeftOut = type === 'plaintext' ? () => false : isExcludedFromPackage;
    const walk = await walkSources(all, { isLeftOut, ...(signal && { signal }) });
    if (type !== 'plaintext') await checkFoundPackage(walk);
    const previews: PreviewSource[] = [];
    let known = 0;
    for (const { source, kind, root, files } of walk.sources) {
      const cache = await openStatCache(registry, root);
      for (const file of files)
        if (cache.recall(file.from, identityOf(file.stat))) known += Number(file.stat.size);
      previews.push({ source, kind, files: files.map(preview), size: sizeOf(files) });
    }
    return {
      sources: previews,
      files: previews.reduce((sum, { files }) => sum + files.length, 0),
      size: previews.reduce((sum, { size }) => sum + size, 0),
      known,
      skipped: walk.skipped,
    };
  });
}

function preview({ path, from, stat }: FoundFile): PreviewFile {
  return { path, from, size: Number(stat.size), modifiedAt: new Date(Number(stat.mtimeMs)).toISOString() };
}

function sizeOf(files: readonly FoundFile[]): number {
  return files.reduce((sum, { stat }) => sum + Number(stat.size), 0);
}
