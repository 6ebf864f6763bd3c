import { damaged, hostile, shown, unsupported } from '../../packages/archive-errors.ts';
import { ByteFeed } from './byte-feed.ts';
import { isSparse, PAX_SIZE_MAX, parsePaxRecords, paxSize } from './pax-records.ts';
import { parseTarHeader, TAR_BLOCK_SIZE, type TarHeader, tarText } from './tar-header.ts';

/** An entry of a tar: a file, a folder, or a link. */
export interface TarEntry {
  readonly kind: 'file' | 'folder' | 'symbolic-link' | 'hard-link';
  /** As the archive has it. */
  readonly name: string;
  /** Bytes; 0 for anything but a file. */
  readonly size: number;
  readonly executable: boolean;
  /** Where a link leads, as the archive has it; '' for anything else. */
  readonly target: string;
  /** The bytes of a file, to be read before the next entry is asked for; what is not read is passed over. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Kinds of entries by their type (pax(1); `7` is a file that is laid out in one piece). */
const KINDS: ReadonlyMap<string, TarEntry['kind']> = new Map([
  ['0', 'file'],
  ['\0', 'file'],
  ['7', 'file'],
  ['1', 'hard-link'],
  ['2', 'symbolic-link'],
  ['5', 'folder'],
]);
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['3', 'a device'],
  ['4', 'a device'],
  ['6', 'a pipe'],
]);

/** Whoever owns the file may run it (inode(7)). */
const EXECUTABLE_BIT = 0o100;

/**
 * Reads a tar from its first entry to its end: ustar, with the extensions of pax and GNU for long names and large
 * files. Throws `hostile` for devices and pipes, `unsupported` for what other programs can read, `damaged` for a tar
 * that ends early, goes on after its end, or breaks its rules.
 */
export async function* readTar(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const feed = new ByteFeed(bytes);
  try {
    for (;;) {
      const described = await nextHeader(feed);
      if (described === null) break;
      const entry = entryOf(described);
      const end = feed.position + entry.size + paddingAfter(entry.size);
      yield { ...entry, body: feed.pieces(entry.size) };
      await skip(feed, end - feed.position);
    }
    await checkEnd(feed);
  } finally {
    await feed.close();
  }
}

/** A header with what the blocks before it say in its place. */
interface Described {
  readonly header: TarHeader;
  readonly records: ReadonlyMap<string, string>;
}

/** The next header of a file, folder or link; `null` at the zeros that end a tar. */
async function nextHeader(feed: ByteFeed): Promise<Described | null> {
  const records = new Map<string, string>();
  for (let before = 0; ; before += 1) {
    const block = await feed.take(TAR_BLOCK_SIZE);
    if (block === null) throw damaged('it ends early');
    if (isZero(block)) {
      if (before > 0) throw damaged('it ends where an entry is described that does not follow');
      return null;
    }
    const header = parseTarHeader(block);
    const extension = EXTENSIONS.get(header.type);
    if (extension === undefined) return { header, records };
    if (before === EXTENSIONS_MAX) throw hostile(`more than ${EXTENSIONS_MAX} blocks describe one entry`);
    extension(await extensionOf(feed, header), records);
  }
}

/** Blocks that describe one entry, at most: each program writes one or two. */
const EXTENSIONS_MAX = 8;

/** What the blocks hold that describe the next entry, by their type. */
const EXTENSIONS: ReadonlyMap<string, (bytes: Buffer, records: Map<string, string>) => void> = new Map([
  ['x', addRecords],
  ['g', refuseGlobal],
  ['L', (bytes: Buffer, records: Map<string, string>) => records.set('path', longName(bytes))],
  ['K', (bytes: Buffer, records: Map<string, string>) => records.set('linkpath', longName(bytes))],
]);

async function extensionOf(feed: ByteFeed, { size }: TarHeader): Promise<Buffer> {
  if (size > PAX_SIZE_MAX)
    throw hostile(`${size} bytes describe one entry; at most ${PAX_SIZE_MAX} are read`);
  if (size === 0) return Buffer.alloc(0);
  const bytes = await feed.take(size);
  if (bytes === null) throw damaged('it ends early');
  await skip(feed, paddingAfter(size));
  return bytes;
}

function addRecords(bytes: Buffer, records: Map<string, string>): void {
  for (const [key, value] of parsePaxRecords(bytes)) records.set(key, value);
}

/** `git archive` notes its commit for all entries; names and sizes for all of them would be a trap. */
function refuseGlobal(bytes: Buffer): void {
  const [key] = parsePaxRecords(bytes).keys();
  if (key !== undefined) throw hostile(`it gives one ${key} to all entries`);
}

/** GNU ends it with a zero byte. */
function longName(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return tarText(end < 0 ? bytes : bytes.subarray(0, end));
}

function entryOf({ header, records }: Described): Omit<TarEntry, 'body'> {
  const name = records.get('path') ?? header.name;
  const refused = REFUSED.get(header.type);
  if (refused !== undefined) {
    throw hostile(`${shown(name)} is ${refused}`, 'pack nothing but files, folders and links');
  }
  if (header.type === 'S' || isSparse(records)) {
    throw unsupported(`${shown(name)} is packed without its holes`, 'pack it anew without `--sparse`');
  }
  const kind = KINDS.get(header.type);
  if (kind === undefined) {
    throw unsupported(
      `${shown(name)} is an entry of the type ${shown(header.type)}`,
      'pack it anew with `tar --format=pax`',
    );
  }
  // Before POSIX, a name with a slash at its end was all that told a folder.
  const isFolder = kind === 'folder' || (header.type === '\0' && name.endsWith('/'));
  const size = paxSize(records) ?? header.size;
  if (kind !== 'file' || isFolder) checkEmpty(name, size);
  return {
    kind: isFolder ? 'folder' : kind,
    name,
    size,
    executable: (header.mode & EXECUTABLE_BIT) !== 0,
    target: kind.endsWith('link') ? (records.get('linkpath') ?? header.linkName) : '',
  };
}

/** Programs differ in whether data follow such an entry. */
function checkEmpty(name: string, size: number): void {
  if (size > 0) throw hostile(`${shown(name)} is a link or a folder, and has ${size} bytes of its own`);
}

function paddingAfter(size: number): number {
  return (TAR_BLOCK_SIZE - (size % TAR_BLOCK_SIZE)) % TAR_BLOCK_SIZE;
}

async function skip(feed: ByteFeed, size: number): Promise<void> {
  for await (const _ of feed.pieces(size));
}

/** Reads to the very end, so that the checksums of the packing are checked: there is nothing but zeros. */
async function checkEnd(feed: ByteFeed): Promise<void> {
  for await (const piece of feed.rest()) {
    if (!isZero(piece)) throw damaged('it goes on after its end');
  }
}

const ZEROS = Buffer.alloc(64 * 1024);

function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.byteLength; at += ZEROS.byteLength) {
    const piece = bytes.subarray(at, at + ZEROS.byteLength);
    if (ZEROS.compare(piece, 0, piece.byteLength, 0, piece.byteLength) !== 0) return false;
  }
  return true;
}
