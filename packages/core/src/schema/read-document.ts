import type { ObjectId, Repository } from '@cairn/store';
import { CairnError, readingOf } from '../errors.ts';
import { DOCUMENT_SIZE_MAX, type DocumentOptions, parseDocument } from './document.ts';

/** Reads a JSON document that is a blob of a repository. Throws as {@link parseDocument} does. */
export async function readDocument<T>(
  repository: Repository,
  id: ObjectId,
  options: DocumentOptions<T>,
): Promise<T> {
  return parseDocument(await readText(repository, id, options.what), options);
}

/** The bytes of a document or of a card. Its size is looked at before it is read, whatever it would unpack to. */
export function readText({ objects }: Repository, id: ObjectId, what: string): Promise<Buffer> {
  return readingOf(what, async () => {
    const { size } = objects.sizeOf(id);
    if (size > DOCUMENT_SIZE_MAX) {
      throw new CairnError('hostile', `${what} has ${size} bytes; at most ${DOCUMENT_SIZE_MAX} are read`, {
        hint: 'do not trust where this repository came from',
      });
    }
    const { kind, bytes } = await objects.read(id);
    if (kind === 'blob') return bytes;
    throw new CairnError('damaged', `${what} is a ${kind}, not a file`, {
      hint: 'take it from another clone',
    });
  });
}
