import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { systemCode } from '@cairn/store';
import { fromRandomAccessReaderPromise } from 'yauzl';
import { CairnError } from '../errors.ts';
import { type ArchiveEntry, readDirectory } from './archive-directory.ts';
import { damaged } from './archive-errors.ts';
import { ArchiveFile, CHUNK_SIZE } from './archive-file.ts';

/** A `.mlarchive` that is open, and whose directory has been found harmless. */
export interface Archive extends AsyncDisposable {
  readonly entries: readonly ArchiveEntry[];
  /**
   * A file of it, from beginning to end. Throws `damaged` when it has not the size or the CRC-32 that the archive says,
   * at the latest after the last chunk.
   */
  stream(entry: ArchiveEntry): AsyncGenerator<Uint8Array>;
}

/** How yauzl reads: names as text, without taking backslashes for slashes. */
const OPTIONS = { autoClose: false, strictFileNames: true, decodeStrings: true } as const;

/**
 * Opens an archive and checks its directory; nothing of it is trusted. Throws `not-found`, `invalid` for what is no
 * archive, `damaged`, `hostile`, `unsupported`.
 */
export async function openArchive(path: string): Promise<Archive> {
  await checkIsFile(path);
  const file = await ArchiveFile.open(path);
  try {
    const zip = await fromRandomAccessReaderPromise(file, file.size, OPTIONS);
    const entries = await readDirectory(zip, file);
    return {
      entries,
      stream: (entry) => unpacked(path, file, entry),
      [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
    };
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw asArchiveError(path, error);
  }
}

/** A pipe would be waited for, and a folder says nothing of use. */
async function checkIsFile(file: string): Promise<void> {
  const status = await stat(file).catch((cause) => {
    if (systemCode(cause) !== 'ENOENT' && systemCode(cause) !== 'ENOTDIR') throw cause;
    throw new CairnError('not-found', `no such file: ${file}`, { hint: 'check the path', cause });
  });
  if (status.isFile()) return;
  throw new CairnError('invalid', `${file} is not a file`, { hint: 'name an archive' });
}

async function* unpacked(path: string, file: ArchiveFile, entry: ArchiveEntry): AsyncGenerator<Uint8Array> {
  const what = `${path}: ${entry.path}`;
  let size = 0;
  let sum = 0;
  try {
    for await (const chunk of dataOf(file, entry)) {
      size += chunk.byteLength;
      if (size > entry.size) throw damaged(`it has more than the ${entry.size} bytes that the archive says`);
      sum = crc32(chunk, sum);
      yield chunk;
    }
    if (size !== entry.size || sum !== entry.crc32) {
      throw damaged('it is not what was packed: its size or its CRC-32 differs');
    }
  } catch (error) {
    throw asArchiveError(what, error);
  }
}

function dataOf(file: ArchiveFile, entry: ArchiveEntry): AsyncIterable<Buffer> {
  const packed = file.range(entry.dataStart, entry.dataStart + entry.packedSize);
  if (!entry.isDeflated) return packed;
  // Whichever of them fails or is left alone, the other ends with it; the error comes out of the loop that reads.
  return pipeline(Readable.from(packed), createInflateRaw({ chunkSize: CHUNK_SIZE }), () => undefined);
}

/** What was thrown, as an error that names the archive. yauzl throws plain errors. */
function asArchiveError(what: string, error: unknown): unknown {
  if (error instanceof CairnError) {
    const { code, message, hint, data, cause } = error;
    return new CairnError(code, `${what}: ${message}`, { data, cause, ...(hint !== undefined && { hint }) });
  }
  if (!(error instanceof Error) || error.name !== 'Error' || isOfSystem(error)) return error;
  const code = MEANINGS.find(([words]) => words.test(error.message))?.[1] ?? 'damaged';
  return new CairnError(code, `${what}: ${error.message.replace(/\.$/, '')}`, {
    hint: HINTS[code],
    cause: error,
  });
}

function isOfSystem(error: Error): boolean {
  const code = systemCode(error);
  return code !== undefined && !code.startsWith('Z_');
}

type ArchiveCode = 'invalid' | 'unsupported' | 'hostile' | 'damaged';

/** What the messages of yauzl 3 mean. All others say that the archive is damaged. */
const MEANINGS: readonly (readonly [RegExp, ArchiveCode])[] = [
  [/^End of central directory record signature not found/, 'invalid'],
  [/^(strong encryption|multi-disk)/, 'unsupported'],
  [/^(absolute path|invalid relative path|invalid characters in fileName)/, 'hostile'],
];

const HINTS: Readonly<Record<ArchiveCode, string>> = {
  invalid: 'name a .mlarchive, which is a ZIP archive',
  unsupported: 'unpack it, then pack it again as one plain ZIP file',
  hostile: 'do not trust where this archive came from',
  damaged: 'take the archive again from where it came',
};
