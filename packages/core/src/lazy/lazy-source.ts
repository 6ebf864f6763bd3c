import {
  type ByteRange,
  type ByteSource,
  type FileContent,
  openByteSource,
  type PartRef,
  partIndexAt,
} from '@cairn/store';
import type { LazyRepository } from './lazy-repository.ts';

/**
 * Bytes that are brought ahead of a reader that goes on where it stopped: 4 MiB at first, which is a few parts, and
 * twice as many each time up to 256 MiB, so that a file of 100 GiB takes 400 requests, and half of a small one is not
 * fetched for its first line.
 */
const AHEAD = { first: 4 * 1024 * 1024, most: 256 * 1024 * 1024 };

/**
 * A file that can be read at any place, of which a lazy clone brings what is touched. A reader that jumps gets just
 * the parts it reads; one that goes on in order gets more and more of what comes next, in one request.
 */
export function lazySource(repository: LazyRepository, content: FileContent, what: string): ByteSource {
  const source = openByteSource(repository.objects, content);
  if (repository.bring === undefined) return source;
  const ahead = new ReadAhead(repository, content, what);
  return {
    size: source.size,
    async read(offset, length) {
      // Says what is wrong with a range before anything is brought for it.
      source.stream({ offset, length });
      await ahead.reach(offset, offset + length);
      return source.read(offset, length);
    },
    stream: (range = { offset: 0 }) => {
      source.stream(range);
      return streamed(source, content, { ahead, range });
    },
  };
}

async function* streamed(
  source: ByteSource,
  { parts, size }: FileContent,
  { ahead, range: { offset, length = size } }: { readonly ahead: ReadAhead; readonly range: ByteRange },
): AsyncGenerator<Uint8Array> {
  const end = Math.min(offset + length, size);
  let at = offset;
  for (let index = partIndexAt(parts, offset); at < end; index += 1) {
    const { start, size: partSize } = parts[index]!;
    const to = Math.min(start + partSize, end);
    await ahead.reach(at, to);
    yield* source.stream({ offset: at, length: to - at });
    at = to;
  }
}

/** Brings what is to be read, and decides how much of what comes after it. */
class ReadAhead {
  readonly #repository: LazyRepository;
  readonly #content: FileContent;
  readonly #what: string;
  /** Where the last bytes that were asked for ended. */
  #expected = 0;
  #window = 0;

  constructor(repository: LazyRepository, content: FileContent, what: string) {
    this.#repository = repository;
    this.#content = content;
    this.#what = what;
  }

  /** Sees to it that the bytes of a range are here. */
  async reach(from: number, to: number): Promise<void> {
    const isInOrder = from === this.#expected && from > 0;
    this.#expected = to;
    const touched = partsBetween(this.#content.parts, from, to);
    if (touched.every(({ id }) => this.#repository.objects.has(id))) return;
    this.#window = isInOrder ? Math.min(Math.max(this.#window * 2, AHEAD.first), AHEAD.most) : 0;
    const parts = partsBetween(this.#content.parts, from, to + this.#window);
    await this.#repository.bring!({ what: this.#what, parts });
  }
}

/** The parts that hold the bytes of a range, in file order; none for an empty one. */
export function partsBetween(parts: readonly PartRef[], from: number, to: number): readonly PartRef[] {
  if (to <= from) return [];
  const first = partIndexAt(parts, from);
  let end = first;
  while (end < parts.length && parts[end]!.start < to) end += 1;
  return parts.slice(first, end);
}
