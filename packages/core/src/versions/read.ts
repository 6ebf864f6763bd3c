import type { ByteSource } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { lazySource } from '../lazy/lazy-source.ts';
import { formatReference, parseReference } from '../reference.ts';
import type { Registry } from '../registry/registry.ts';
import { type HeldVersion, type HoldOptions, holdVersion } from './hold-version.ts';
import { namedByteSource } from './named-bytes.ts';
import { checkUnlock, type VersionOpening } from './open-extraction.ts';
import type { ReferenceInput } from './show.ts';
import { contentFinder } from './version-content.ts';

export interface OpenFileOptions extends VersionOpening, HoldOptions {}

/** A file of a version, readable at any place. */
export interface OpenFile extends ByteSource, Disposable {
  readonly path: string;
  /** Of the whole file, lower-case hex. */
  readonly sha256: string;
  close(): void;
}

/**
 * Opens a file of a version for reading any range of it. Only the parts that a range touches are read, or the
 * segments where the file is sealed, and each is checked. A lazy clone fetches those that it lacks, when they are read.
 * Close it when done. Throws `refused` when the version is sealed and there is nothing to open it with, `wrong-key`
 * when that does not open it.
 */
export function openFile(
  registry: Registry,
  reference: ReferenceInput,
  options: OpenFileOptions = {},
): Promise<OpenFile> {
  return atBorder(async () => {
    const { path, ...version } = typeof reference === 'string' ? parseReference(reference) : reference;
    if (path === undefined) {
      throw new CairnError('invalid', 'no file is named', { hint: 'write model@version:path' });
    }
    const open = async (held: HeldVersion) => {
      const isSealed = held.stored.document.type === 'packaged-encrypted' && !options.sealed;
      const found = await (isSealed ? findSealed(held, path, options) : findStored(held, path));
      return handleOn(found, { path, what: formatReference({ ...held.target, path }) });
    };
    return holdVersion(registry, version, open, options);
  });
}

/** A file that was found, and what is to be closed after it. */
interface FoundFile {
  readonly source: ByteSource;
  readonly sha256: string;
  close(): void;
}

async function findStored({ repository, target, stored }: HeldVersion, path: string): Promise<FoundFile> {
  const what = formatReference(target);
  const file = stored.document.files.find((entry) => entry.path === path);
  if (!file) throw unknownFile(what, path);
  const content = await contentFinder(repository, stored, what).find(file);
  const source = lazySource(repository, content, what);
  return { source, sha256: content.sha256, close: () => repository.close() };
}

async function findSealed(
  { repository, target, stored }: HeldVersion,
  path: string,
  { unlock }: VersionOpening,
): Promise<FoundFile> {
  const what = formatReference(target);
  const { openSealedVersion } = await import('../sealing/open-version.ts');
  const { byteSource } = await import('../sealing/byte-sources.ts');
  const opened = await openSealedVersion(repository, target, stored, checkUnlock(unlock, what));
  // What it waits for are reads under way, which the repository ends by closing.
  const close = () => void opened.close();
  const file = opened.files.find((entry) => entry.path === path);
  if (!file) {
    close();
    throw unknownFile(what, path);
  }
  const source = byteSource(opened.source(path), formatReference({ ...target, path }));
  return {
    source,
    sha256: file.sha256,
    close: () => {
      close();
      repository.close();
    },
  };
}

function handleOn(
  { source, sha256, close }: FoundFile,
  { path, what }: { readonly path: string; readonly what: string },
): OpenFile {
  return { path, sha256, ...namedByteSource(what, source), close, [Symbol.dispose]: close };
}

function unknownFile(what: string, path: string): CairnError {
  return new CairnError('not-found', `${what} has no file ${path}`, {
    hint: `see its files with \`cairn show ${what}\``,
    data: { path },
  });
}
