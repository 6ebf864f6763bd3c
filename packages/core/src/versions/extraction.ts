import { extractFiles, type FileContent } from '@cairn/store';
import type { CairnError } from '../errors.ts';
import type { LazyRepository } from '../lazy/lazy-repository.ts';
import type { VersionFileEntry } from '../schema/version.ts';
import { contentFinder } from './version-content.ts';
import type { StoredVersion } from './version-repository.ts';

/** The files that a version gives out, however they are stored. */
export interface Extraction extends AsyncDisposable {
  readonly files: readonly VersionFileEntry[];
  /** Looks for what files are made of, so that what is missing is known before anything is written. Throws `damaged`. */
  find(files: readonly VersionFileEntry[]): Promise<void>;
  /**
   * Checks files that were found against their SHA-256, and writes those that say where. Goes on after a damaged
   * file; what failed comes back. A disk that refuses to be written to ends it all, by throwing.
   */
  extract(jobs: readonly ExtractionJob[], options: ExtractionOptions): Promise<FailedExtraction[]>;
}

export interface ExtractionJob {
  readonly file: VersionFileEntry;
  readonly write?: {
    /** A path where nothing stands yet; the caller renames it when it is whole. */
    readonly to: string;
    readonly executable: boolean;
  };
}

export interface ExtractionOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: { readonly bytes: number; readonly files: number }) => void;
}

export interface FailedExtraction {
  /** Among the jobs given. */
  readonly number: number;
  readonly error: Pick<CairnError, 'code' | 'message' | 'data'>;
}

/** Files as they are stored. */
export function plainExtraction(repository: LazyRepository, stored: StoredVersion, what: string): Extraction {
  const finder = contentFinder(repository, stored, what);
  const found = new Map<VersionFileEntry, FileContent>();
  return {
    files: stored.document.files,
    async find(files) {
      const contents = await Promise.all(files.map((file) => finder.find(file)));
      for (const [index, file] of files.entries()) found.set(file, contents[index]!);
    },
    async extract(jobs, options) {
      const wanted = jobs.map(({ file, write }) => ({ content: found.get(file)!, ...(write && { write }) }));
      await repository.bring?.({ what, parts: wanted.flatMap(({ content }) => content.parts) });
      return extractFiles(repository, wanted, options);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
