import type { Entry, LocalFileHeader, ZipFile } from 'yauzl';
import { foldedPath } from '../file-path.ts';
import {
  checkEntry,
  DEFLATED,
  FLAG_ENCRYPTED,
  FLAG_MASKED,
  type ListedEntry,
  nameOf,
  withoutSlash,
} from './archive-entry.ts';
import { damaged, hostile, shown } from './archive-errors.ts';
import type { ArchiveFile } from './archive-file.ts';

/** A file in an archive. All numbers are bytes. */
export interface ArchiveEntry {
  /** Where it stands in the package. */
  readonly path: string;
  /** As the archive says; whether it is true shows when it is unpacked. */
  readonly size: number;
  readonly executable: boolean;
  readonly packedSize: number;
  readonly isDeflated: boolean;
  readonly crc32: number;
  /** Where its data begin in the archive. */
  readonly dataStart: number;
}

/** Most entries in one archive, as many as a version can have files. */
const ENTRIES_MAX = 500_000;

/** Largest directory, bytes: that of half a million entries of 536 bytes each. */
const DIRECTORY_SIZE_MAX = 256 * 1024 * 1024;

/** Fixed part of an entry in the directory, bytes (APPNOTE 4.3.12). */
const DIRECTORY_ENTRY_SIZE = 46;

/** Most bytes that an archive may unpack to: 16 TiB, the largest file of ext4. */
const TOTAL_SIZE_MAX = 16 * 1024 ** 4;

/**
 * How many times its own size an archive may unpack to, once that is more than {@link ALWAYS_UNPACKED}. Weights shrink
 * to a half at best; deflate packs zeros 1,030 times.
 */
const RATIO_MAX = 200;

/** What any archive may unpack to, bytes: no disk is filled by it. */
const ALWAYS_UNPACKED = 256 * 1024 * 1024;

/**
 * Reads the directory of an archive and the head of every entry, and checks them before anything is unpacked: paths,
 * kinds, sizes, and that no byte belongs to two entries. Gives the files, not the folders, sorted by where their data
 * stand. Throws `hostile`, `damaged` or `unsupported`.
 */
export async function readDirectory(zip: ZipFile, file: ArchiveFile): Promise<ArchiveEntry[]> {
  const start = cursorOf(zip);
  const entries = await listEntries(zip);
  await checkIsAll(cursorOf(zip), file);
  for (const entry of entries) checkEntry(entry);
  checkPaths(entries.map(({ name }) => name));
  checkSizes(entries, zip.fileSize);
  return withData(zip, entries, start);
}

/** Where in the archive the next entry of the directory is read; the types say that it is a boolean. */
function cursorOf({ readEntryCursor }: ZipFile): number {
  return Number(readEntryCursor);
}

async function listEntries(zip: ZipFile): Promise<ListedEntry[]> {
  if (zip.entryCount > ENTRIES_MAX) {
    throw hostile(`it says that it has ${zip.entryCount} entries; at most ${ENTRIES_MAX} are read`);
  }
  const entries: ListedEntry[] = [];
  let size = 0;
  for await (const entry of zip.eachEntry()) {
    size += DIRECTORY_ENTRY_SIZE + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    if (size > DIRECTORY_SIZE_MAX) throw hostile(`its directory has more than ${DIRECTORY_SIZE_MAX} bytes`);
    entries.push({ name: nameOf(entry), entry });
  }
  return entries;
}

/** What may follow the last entry of a directory: its end, the one of ZIP64, or a signature (APPNOTE 4.3.13 to 4.3.16). */
const AFTER_ENTRIES: ReadonlySet<string> = new Set(['PK\u0005\u0006', 'PK\u0006\u0006', 'PK\u0005\u0005']);

/** As many entries are read as the end of the directory counts, and what it does not count would be passed over. */
async function checkIsAll(end: number, file: ArchiveFile): Promise<void> {
  const next = (await file.bytesAt(end, 4)).toString('latin1');
  if (!AFTER_ENTRIES.has(next)) throw damaged('its directory goes on after the last entry that is counted');
}

/** No path twice, not even on a disk that ignores case, and no file where another entry needs a folder. */
function checkPaths(names: readonly string[]): void {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const name of names) {
    const folded = foldedPath(withoutSlash(name));
    const seen = name.endsWith('/') ? folders : files;
    const other = seen.get(folded);
    if (other !== undefined) {
      throw hostile(`it has ${shown(name)} twice, or names that differ only in case: ${shown(other)}`);
    }
    seen.set(folded, name);
  }
  for (const [folded, name] of [...files, ...folders]) {
    if (name.endsWith('/') && files.has(folded)) throw hostile(`${shown(name)} is a file and a folder`);
    for (let end = folded.lastIndexOf('/'); end > 0; end = folded.lastIndexOf('/', end - 1)) {
      const above = files.get(folded.slice(0, end));
      if (above !== undefined) throw hostile(`${shown(name)} lies in ${shown(above)}, which is a file`);
    }
  }
}

function checkSizes(entries: readonly ListedEntry[], archiveSize: number): void {
  const total = entries.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  if (total > TOTAL_SIZE_MAX)
    throw hostile(`it unpacks to ${total} bytes; at most ${TOTAL_SIZE_MAX} are unpacked`);
  if (total <= ALWAYS_UNPACKED || total <= RATIO_MAX * archiveSize) return;
  throw hostile(
    `its ${archiveSize} bytes unpack to ${total}, which is more than ${RATIO_MAX} times as many`,
    'if you trust it, unpack it with another program and add its folders with `cairn add --type packaged`',
  );
}

/** Finds where the data of each file stand, by the heads before them. */
async function withData(
  zip: ZipFile,
  entries: readonly ListedEntry[],
  directoryStart: number,
): Promise<ArchiveEntry[]> {
  const offsetOf = ({ entry }: ListedEntry) => entry.relativeOffsetOfLocalHeader;
  const files: ArchiveEntry[] = [];
  let end = 0;
  for (const listed of entries.toSorted((a, b) => offsetOf(a) - offsetOf(b))) {
    const { name, entry } = listed;
    const head = await zip.readLocalFileHeaderPromise(entry, {});
    checkHead(listed, head);
    if (offsetOf(listed) < end) throw hostile(`${shown(name)} shares its bytes with another entry`);
    end = head.fileDataStart + entry.compressedSize;
    if (!name.endsWith('/')) files.push(asFile(listed, head.fileDataStart));
  }
  if (end > directoryStart) throw hostile('its last entry shares its bytes with the directory');
  return files;
}

/** CRC and sizes follow the data instead of standing in the head. */
const FLAG_DESCRIPTOR = 0x0008;

/** Stands for a size that a ZIP64 field holds instead. */
const IN_ZIP64 = 0xffffffff;

/** What the directory and the head say must be the same: programs differ in which of them they believe. */
function checkHead({ name, entry }: ListedEntry, head: LocalFileHeader): void {
  const flags = entry.generalPurposeBitFlag ^ head.generalPurposeBitFlag;
  const differs =
    !entry.fileNameRaw.equals(head.fileName) ||
    entry.compressionMethod !== head.compressionMethod ||
    (flags & (FLAG_ENCRYPTED | FLAG_MASKED | FLAG_DESCRIPTOR)) !== 0 ||
    ((head.generalPurposeBitFlag & FLAG_DESCRIPTOR) === 0 && !hasSameSums(entry, head));
  if (differs) throw hostile(`the two places that describe ${shown(name)} say different things`);
}

function hasSameSums(entry: Entry, head: LocalFileHeader): boolean {
  const isSame = (told: number, size: number) => told === size || told === IN_ZIP64;
  return (
    entry.crc32 === head.crc32 &&
    isSame(head.compressedSize, entry.compressedSize) &&
    isSame(head.uncompressedSize, entry.uncompressedSize)
  );
}

/** Whoever owns the file may run it (inode(7)). */
const EXECUTABLE_BIT = 0o100;

function asFile({ name, entry }: ListedEntry, dataStart: number): ArchiveEntry {
  return {
    path: name,
    size: entry.uncompressedSize,
    executable: ((entry.externalFileAttributes >>> 16) & EXECUTABLE_BIT) !== 0,
    packedSize: entry.compressedSize,
    isDeflated: entry.compressionMethod === DEFLATED,
    crc32: entry.crc32,
    dataStart,
  };
}
