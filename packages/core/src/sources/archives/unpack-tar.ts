import { copyFile, link, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CairnError } from '../../errors.ts';
import { filePathProblem } from '../../file-path.ts';
import { hostile, shown } from '../../packages/archive-errors.ts';
import { checkTarSize, checkUnpackedSize, ENTRIES_MAX } from '../../packages/archive-limits.ts';
import { ArchivePaths } from '../../packages/archive-paths.ts';
import { checkRoom, writeUnpacked } from '../../packages/unpack-entries.ts';
import { checkCancelled, type TaskOptions } from '../../progress.ts';
import { makeFolder } from '../../registry/make-folder.ts';
import { type ArchiveLink, followLinks, type LinkedFile } from './archive-links.ts';
import { openPacked, type Packing, type UnpackedBytes } from './compression.ts';
import { readTar, type TarEntry } from './tar-reader.ts';

export interface UnpackTarOptions extends TaskOptions {
  readonly packing: Exclude<Packing, 'zip'>;
}

/**
 * Unpacks a tar into a folder that is empty and the user's alone; nothing is written outside of it. There are no links
 * in it afterwards: where one stood is the file that it led to. The archive is not trusted: paths, kinds, sizes and
 * their sum are checked before the bytes they are about are written. What the folder holds after an error is of no use.
 * Throws `hostile`, `damaged`, `unsupported` or `no-space`, and names the archive.
 */
export async function unpackTar(file: string, folder: string, options: UnpackTarOptions): Promise<void> {
  const { size } = await stat(file);
  const packed = openPacked(file, options.packing, options.signal);
  const unpacker = new TarUnpacker(folder, packed, { ...options, size });
  try {
    for await (const entry of readTar(bounded(packed.bytes, size))) await unpacker.take(entry);
    await unpacker.makeLinkedFiles();
  } catch (error) {
    throw named(file, error);
  }
}

async function* bounded(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.byteLength;
    checkTarSize(total, size);
    yield chunk;
  }
}

/** The same error with the archive before its message. */
function named(file: string, error: unknown): unknown {
  if (!(error instanceof CairnError) || error.code === 'cancelled') return error;
  const { code, message, hint, data, cause } = error;
  return new CairnError(code, `${file}: ${message}`, {
    data: { ...data, path: file },
    cause,
    ...(hint !== undefined && { hint }),
  });
}

/** Files of this size and more are only begun where the disk has room for them, bytes. */
const ROOM_CHECKED_FROM = 1024 * 1024;

interface TarOptions extends TaskOptions {
  /** Bytes of the archive. */
  readonly size: number;
}

class TarUnpacker {
  readonly #folder: string;
  readonly #packed: UnpackedBytes;
  readonly #options: TarOptions;
  readonly #paths = new ArchivePaths();
  /** Size of each file, by its path. */
  readonly #files = new Map<string, number>();
  readonly #folders: string[] = [];
  readonly #links: ArchiveLink[] = [];
  #entries = 0;
  #total = 0;

  constructor(folder: string, packed: UnpackedBytes, options: TarOptions) {
    this.#folder = folder;
    this.#packed = packed;
    this.#options = options;
  }

  async take(entry: TarEntry): Promise<void> {
    checkCancelled(this.#options.signal);
    this.#entries += 1;
    if (this.#entries > ENTRIES_MAX) throw hostile(`it has more than ${ENTRIES_MAX} entries`);
    const path = pathOf(entry);
    if (path === null) return;
    this.#paths.add(entry.kind === 'folder' ? `${path}/` : path);
    if (entry.kind === 'folder') this.#folders.push(path);
    else if (entry.kind === 'file') await this.#write(path, entry);
    else this.#links.push({ path, target: entry.target, isSymbolic: entry.kind === 'symbolic-link' });
  }

  async makeLinkedFiles(): Promise<void> {
    const linked = followLinks({ files: this.#files.keys(), folders: this.#folders, links: this.#links });
    for (const { from } of linked) this.#total += this.#files.get(from)!;
    checkUnpackedSize(this.#total, this.#options.size);
    for (const each of linked) {
      checkCancelled(this.#options.signal);
      await this.#make(each);
    }
  }

  async #write(path: string, { size, executable, body }: TarEntry): Promise<void> {
    this.#total += size;
    checkUnpackedSize(this.#total, this.#options.size);
    if (size >= ROOM_CHECKED_FROM) await checkRoom(this.#folder, size);
    this.#files.set(path, size);
    await writeUnpacked(this.#folder, { path, executable }, this.#counted(body));
  }

  async *#counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { size: total, onProgress } = this.#options;
    for await (const chunk of chunks) {
      yield chunk;
      const files = { done: this.#files.size - 1, total: 0 };
      onProgress?.({ phase: 'unpacking', done: this.#packed.position(), total, files });
    }
  }

  /** A second name costs nothing, and nothing writes to either; what has no such names gets a copy. */
  async #make({ path, from }: LinkedFile): Promise<void> {
    const target = join(this.#folder, path);
    const source = join(this.#folder, from);
    await makeFolder(dirname(target));
    await link(source, target).catch(() => copyFile(source, target));
  }
}

/** Where an entry goes, `./` before it and `/` behind it left out; `null` for the root of the archive itself. */
function pathOf({ name, kind }: TarEntry): string | null {
  const path = name.replace(/^(\.\/+)+/, '').replace(/\/$/, '');
  if (kind === 'folder' && (path === '' || path === '.')) return null;
  const problem = filePathProblem(path);
  if (problem !== null) throw hostile(`it has an entry ${shown(name)}, which is refused: ${problem}`);
  return path;
}
