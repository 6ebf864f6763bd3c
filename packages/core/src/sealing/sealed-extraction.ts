import { writeFile } from 'node:fs/promises';
import { translated } from '@cairn/store';
import type { LazyRepository } from '../lazy/lazy-repository.ts';
import type { Extraction, ExtractionJob } from '../versions/extraction.ts';
import { openFiles } from './open-files.ts';
import type { SealedVersion } from './open-version.ts';

/** The files in a sealed version. Takes the opened version over, and closes it. */
export function sealedExtraction(repository: LazyRepository, version: SealedVersion): Extraction {
  const byPath = new Map(version.manifest.files.map((file) => [file.path, file]));
  return {
    files: version.files,
    // Opening has found every object.
    find: async () => {},
    async extract(jobs, options) {
      const own = jobs.findIndex(({ file }) => !byPath.has(file.path));
      if (own >= 0) await writeOwn(version, jobs[own]!);
      const ownSize = own < 0 ? 0 : jobs[own]!.file.size;
      const sealed = jobs.flatMap(({ file, write }, number) => {
        const found = byPath.get(file.path);
        return found === undefined ? [] : [{ number, job: { ...found, ...(write && { write }) } }];
      });
      const failed = await openFiles(
        repository,
        version,
        sealed.map(({ job }) => job),
        {
          ...(options.signal && { signal: options.signal }),
          onProgress: ({ bytes, files }) =>
            options.onProgress?.({ bytes: bytes + ownSize, files: files + (own < 0 ? 0 : 1) }),
        },
      );
      return failed.map(({ number, error }) => ({ number: sealed[number]!.number, error }));
    },
    [Symbol.asyncDispose]: () => version.close(),
  };
}

/** The package's own manifest, which is in no object. */
async function writeOwn({ inManifest }: SealedVersion, { write }: ExtractionJob): Promise<void> {
  if (write === undefined || inManifest === null) return;
  try {
    await writeFile(write.to, inManifest, { flag: 'wx' });
  } catch (error) {
    throw translated(error, `cannot write ${write.to}`);
  }
}
