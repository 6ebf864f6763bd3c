import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pseudoRandomBytes, temporaryFolder } from '@cairn/testkit';
import { expect } from 'vitest';
import { ObjectWriter } from '../../src/ingest/object-writer.ts';
import type { SourceFile, StoredFile } from '../../src/ingest/source-file.ts';
import { type StoreFilesOptions, storeFiles } from '../../src/ingest/store-files.ts';
import { createRepository } from '../../src/repository/create.ts';
import { openRepository, type Repository } from '../../src/repository/open.ts';

export const MIB = 1024 * 1024;

/** Sizes that are said to be expected, so that files are stored on the calling thread or by threads. */
export const WAYS = { 'on the calling thread': 0, 'by threads': 1e12 } as const;

export const EACH_WAY = Object.entries(WAYS).map(([way, bytesExpected]) => [way, { bytesExpected }] as const);

export interface IngestFixture extends Disposable {
  readonly repository: Repository;
  readonly gitDir: string;
  /** Room for what is to be stored. */
  readonly folder: string;
  /** Writes a file that is to be stored. */
  source(path: string, bytes: Uint8Array | string, mode?: number): SourceFile;
}

/** An empty repository, in a folder of its own or in one that is given. */
export function ingestFixture(place?: string): IngestFixture {
  const folder = temporaryFolder();
  const gitDir = join(place ?? folder.path, 'repository.git');
  createRepository(gitDir);
  const repository = openRepository(gitDir);
  return {
    repository,
    gitDir,
    folder: folder.path,
    source: (path, bytes, mode = 0o644) => {
      const from = join(folder.path, 'source', path);
      mkdirSync(dirname(from), { recursive: true });
      writeFileSync(from, bytes);
      chmodSync(from, mode);
      return { from, path };
    },
    [Symbol.dispose]: () => {
      repository.close();
      folder[Symbol.dispose]();
    },
  };
}

/** Stores files as a transaction of their own. */
export async function store(
  repository: Repository,
  files: readonly SourceFile[],
  options: StoreFilesOptions,
): Promise<{ readonly stored: StoredFile[]; readonly written: number; readonly reused: number }> {
  await using writer = await ObjectWriter.open(repository, { purpose: 'test', timeoutMs: 0 });
  const stored = await storeFiles(writer, files, options);
  await writer.commit();
  return { stored, written: writer.stored.bytes, reused: writer.reused.bytes };
}

/** Nothing is left of a transaction that failed, nor is it in anybody's way. */
export function expectNothingLeft({ gitDir }: Pick<IngestFixture, 'gitDir'>): void {
  expect(readdirSync(join(gitDir, 'objects/pack'))).toEqual([]);
  const leases = join(gitDir, 'cairn/leases');
  expect(existsSync(leases) ? readdirSync(leases) : []).toEqual([]);
}

/** A file without patterns, so that nothing in it is stored twice. */
export function noise(size: number, seed: string | number = 'noise'): Buffer {
  return pseudoRandomBytes(seed, size);
}
