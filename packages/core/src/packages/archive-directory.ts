import type { Entry, LocalFileHeader, ZipFile } from 'yauzl';
import {
  checkEntry,
  DEFLATED,
  FLAG_ENCRYPTED,
  FLAG_MASKED,
  type ListedEntry,
  nameOf,
} from './archive-entry.ts';
import { damaged, hostile, shown } from './archive-errors.ts';
import type { ArchiveFile } from './archive-file.ts';
import { checkUnpackedSize, ENTRIES_MAX } from './archive-limits.ts';
import { ArchivePaths } from './archive-paths.ts';

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

/** Largest directory, bytes: that of half a million entries of 536 bytes each. */
const DIRECTORY_SIZE_MAX = 256 * 1024 * 1024;

/** Fixed part of an entry in the directory, bytes (APPNOTE 4.3.12). */
const DIRECTORY_ENTRY_SIZE = 46;

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
  const paths = new ArchivePaths();
  for (const { name } of entries) paths.add(name);
  checkUnpackedSize(
    entries.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0),
    zip.fileSize,
  );
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
