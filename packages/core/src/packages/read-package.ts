import { createHash } from 'node:crypto';
import type { ByteSource } from '@cairn/store';
import { atBorder, CairnError, openingOf } from '../errors.ts';
import type { TaskOptions } from '../progress.ts';
import type { VersionFileEntry } from '../schema/version.ts';
import { namedByteSource, namedStream } from '../versions/named-bytes.ts';
import { MANIFEST_FILE } from './layout.ts';
import { type PackageManifest, parsePackageManifest } from './manifest.ts';
import { MANIFEST_SIZE_MAX } from './manifest-text.ts';
import type { Package, PackageFile } from './package.ts';

/** The files of a package, wherever they are, before its manifest was read. */
export interface PackageContents extends Pick<Package, 'model' | 'version' | 'type'> {
  readonly files: readonly VersionFileEntry[];
  source(path: string): ByteSource;
  /** Chunks that are each valid until the next; throws after the last when the SHA-256 of all is another. */
  chunks(path: string): AsyncIterable<Uint8Array>;
  /** As that of a {@link Package}. */
  readonly bring?: (task: TaskOptions) => Promise<void>;
  close(): Promise<void>;
}

/** Reads the manifest of a package, and closes its contents when that fails. Throws `invalid` or `unsupported`. */
export async function readPackage(contents: PackageContents): Promise<Package> {
  try {
    return packageOf(contents, await readManifest(contents));
  } catch (error) {
    await contents.close();
    throw error;
  }
}

function packageOf(contents: PackageContents, manifest: PackageManifest): Package {
  const { model, version, type } = contents;
  const files = contents.files.map(describeFile).sort((a, b) => (a.path < b.path ? -1 : 1));
  const known = new Set(files.map(({ path }) => path));
  const named = (path: string) => {
    if (known.has(path)) return `${model}@${version}:${path}`;
    throw new CairnError('not-found', `${model}@${version} has no file ${path}`, { data: { path } });
  };
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= contents.close());
  return {
    ...{ model, version, type, manifest, files },
    ...(contents.bring && { bring: contents.bring }),
    source: (path) => namedByteSource(named(path), contents.source(path)),
    stream: (path) => namedStream(named(path), contents.chunks(path)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function describeFile({ path, size, sha256, executable = false }: VersionFileEntry): PackageFile {
  return { path, size, sha256, executable };
}

async function readManifest({ model, version, files, source }: PackageContents): Promise<PackageManifest> {
  const what = `${model}@${version}`;
  const file = files.find(({ path }) => path === MANIFEST_FILE);
  if (file === undefined)
    throw new CairnError('invalid', `${what} is no package: it has no ${MANIFEST_FILE}`);
  // One byte more than is believed, so that one that is too large says so itself.
  const bytes = await atBorder(() =>
    openingOf(`${MANIFEST_FILE} of ${what}`, () => source(MANIFEST_FILE).read(0, MANIFEST_SIZE_MAX + 1)),
  );
  try {
    return parsePackageManifest(bytes);
  } catch (error) {
    if (!(error instanceof CairnError)) throw error;
    const { code, message, hint, data } = error;
    throw new CairnError(code, `${what}: ${message}`, {
      data,
      cause: error,
      ...(hint !== undefined && { hint }),
    });
  }
}

/** The bytes of a file as they come, and an error at their end when they are not the file's. */
export async function* checkedChunks(
  { path, sha256 }: VersionFileEntry,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') === sha256) return;
  throw new CairnError('damaged', `${path} does not have the SHA-256 that is listed of it`, {
    hint: 'take this version from another clone, or add it again from its source',
    data: { path },
  });
}
