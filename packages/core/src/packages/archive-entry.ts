import type { Entry } from 'yauzl';
import { filePathProblem } from '../file-path.ts';
import { damaged, hostile, shown, unsupported } from './archive-errors.ts';

/** An entry as the directory of an archive has it, with its name; that of a folder ends in `/`. */
export interface ListedEntry {
  readonly name: string;
  readonly entry: Entry;
}

/** Methods of packing that are read (APPNOTE 4.4.5). */
const STORED = 0;
export const DEFLATED = 8;

/** Bits of the flags: encrypted; the name is UTF-8; the directory itself is encrypted (APPNOTE 4.4.4). */
export const FLAG_ENCRYPTED = 0x0001;
const FLAG_UTF8 = 0x0800;
export const FLAG_MASKED = 0x2000;

/** The field in which Info-ZIP repeats a name in UTF-8 (APPNOTE 4.6.9). */
const FIELD_UNICODE_NAME = 0x7075;

/**
 * The name of an entry. Where nothing says that it is UTF-8 it should be of code page 437; what is UTF-8 all the same
 * was written by one of the programs that take names as the file system has them, such as zip of Info-ZIP.
 */
export function nameOf({ fileName, fileNameRaw, generalPurposeBitFlag: flags, extraFields }: Entry): string {
  const text = utf8(fileNameRaw);
  if ((flags & FLAG_UTF8) !== 0 && text === null) {
    throw damaged(`the name of the entry ${shown(fileName)} is not UTF-8`);
  }
  return extraFields.some(({ id }) => id === FIELD_UNICODE_NAME) ? fileName : (text ?? fileName);
}

/** Checks what can be seen of an entry by itself: its path, how it is packed, and that it is a file or a folder. */
export function checkEntry({ name, entry }: ListedEntry): void {
  const { generalPurposeBitFlag: flags, compressionMethod: method } = entry;
  const problem = filePathProblem(withoutSlash(name));
  if (problem !== null) throw hostile(`it has an entry ${shown(name)}, which is refused: ${problem}`);
  if ((flags & (FLAG_ENCRYPTED | FLAG_MASKED)) !== 0) {
    throw unsupported(`${name} is encrypted with a password of the archive`, 'pack it anew without one');
  }
  if (method !== STORED && method !== DEFLATED) {
    throw unsupported(`${name} is packed by method ${method}`, 'pack it anew with deflate');
  }
  checkKind(name, entry);
}

export function withoutSlash(name: string): string {
  return name.endsWith('/') ? name.slice(0, -1) : name;
}

/** Bits of a Unix mode that tell the kind of file, and two of the kinds (inode(7)). */
const KIND_BITS = 0o170000;
const KIND_FOLDER = 0o040000;
const KIND_FILE = 0o100000;

/** Links, devices and the like are told by the mode, whatever system the archive says that it was made on. */
function checkKind(name: string, { externalFileAttributes, uncompressedSize }: Entry): void {
  const kind = (externalFileAttributes >>> 16) & KIND_BITS;
  const isFolder = name.endsWith('/');
  if (isFolder && uncompressedSize > 0) throw hostile(`the folder ${name} has data of its own`);
  if (kind === 0 || kind === (isFolder ? KIND_FOLDER : KIND_FILE)) return;
  throw hostile(
    `${name} is ${KINDS.get(kind) ?? 'neither a file nor a folder'}`,
    'pack the files that links point to, and nothing but files and folders',
  );
}

const KINDS: ReadonlyMap<number, string> = new Map([
  [0o120000, 'a symbolic link'],
  [0o020000, 'a device'],
  [0o060000, 'a device'],
  [0o010000, 'a pipe'],
  [0o140000, 'a socket'],
  [KIND_FOLDER, 'marked as a folder and named as a file'],
  [KIND_FILE, 'marked as a file and named as a folder'],
]);

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
