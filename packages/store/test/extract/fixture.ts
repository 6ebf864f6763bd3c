import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type FileContent, readParts } from '../../src/extract/file-content.ts';
import type { StoredFile } from '../../src/ingest/source-file.ts';
import type { ObjectStore } from '../../src/pack/object-store.ts';
import { type IngestFixture, ingestFixture, store } from '../ingest/fixture.ts';

/** Files that have been stored, and what is needed to get them back. */
export interface ExtractFixture extends IngestFixture {
  readonly contents: readonly FileContent[];
  /** A path below the free room. */
  place(path: string): string;
}

/** Stores files, given by their contents, under the names `0`, `1` and so on. */
export async function extractFixture(contents: readonly Buffer[], onDisk?: string): Promise<ExtractFixture> {
  const fixture = ingestFixture(onDisk);
  const files = contents.map((bytes, index) => fixture.source(`${index}`, bytes));
  const { stored } = await store(fixture.repository, files, { bytesExpected: 0 });
  rmSync(join(fixture.folder, 'source'), { recursive: true });
  const found = await Promise.all(
    stored.map((file, index) => contentOf(fixture.repository.objects, file, `${index}`)),
  );
  return { ...fixture, contents: found, place: (path) => join(fixture.folder, path) };
}

async function contentOf(
  objects: ObjectStore,
  { content, size, sha256 }: StoredFile,
  path: string,
): Promise<FileContent> {
  const parts =
    content.kind === 'blob'
      ? [{ start: 0, size, id: content.id }]
      : await readParts(objects, content.tree, size);
  return { path, size, sha256, parts };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
