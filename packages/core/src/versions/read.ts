import { type ByteSource, openByteSource, openRepository } from '@cairn/store';
import { asCairnError, asReadingError, atBorder, CairnError, readingOf } from '../errors.ts';
import { formatReference, parseReference } from '../reference.ts';
import { modelFolder } from '../registry/folders.ts';
import type { Registry } from '../registry/registry.ts';
import { type ReferenceInput, withVersion } from './show.ts';
import { contentFinder } from './version-content.ts';

/**
 * Opens a file of a version for reading any range of it. Only the parts that a range touches are read, and each
 * is checked. Close it when done.
 */
export function openFile(registry: Registry, reference: ReferenceInput): Promise<OpenFile> {
  return atBorder(async () => {
    const { path, ...version } = typeof reference === 'string' ? parseReference(reference) : reference;
    if (path === undefined) {
      throw new CairnError('invalid', 'no file is named', { hint: 'write model@version:path' });
    }
    const { content, what } = await withVersion(registry, version, async (repository, target, stored) => {
      const file = stored.document.files.find((entry) => entry.path === path);
      if (!file) throw unknownFile(formatReference(target), path);
      const found = await contentFinder(repository, stored, formatReference(target)).find(file);
      return { content: found, what: formatReference({ ...target, path }) };
    });
    const repository = openRepository(modelFolder(registry, version.model));
    const source = openByteSource(repository.objects, content);
    return {
      path,
      sha256: content.sha256,
      size: source.size,
      read: (offset, length) => atBorder(() => readingOf(what, () => source.read(offset, length))),
      stream: (range) => translatedStream(what, source.stream(range)),
      close: () => repository.close(),
      [Symbol.dispose]: () => repository.close(),
    };
  });
}

/** A file of a version, readable at any place. */
export interface OpenFile extends ByteSource, Disposable {
  readonly path: string;
  /** Of the whole file, lower-case hex. */
  readonly sha256: string;
  close(): void;
}

async function* translatedStream(
  what: string,
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw asCairnError(asReadingError(what, error));
  }
}

function unknownFile(what: string, path: string): CairnError {
  return new CairnError('not-found', `${what} has no file ${path}`, {
    hint: `see its files with \`cairn show ${what}\``,
    data: { path },
  });
}
