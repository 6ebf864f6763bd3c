import type { HeadReader } from '../part.ts';
import { bufferOver } from './byte-cursor.ts';
import { claim } from './claim.ts';
import type { Layout, Span, Tensor, WeightsFormat } from './layout.ts';
import { parseNpyHeader } from './npy.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_SIZE = 30;
const STORED = 0;

/** Read at each entry: mostly its local header with name and padding, and the header of a NumPy array behind it. */
const LOCAL_READ_SIZE = 512;

interface PlacedEntry extends ZipEntry {
  /** Offset of its data. */
  readonly start: number;
  /** What its data says of itself where it is a NumPy array, stored as it is. */
  readonly array: ReturnType<typeof parseNpyHeader>;
}

/**
 * Reads the directory of a ZIP archive: NumPy's `.npz`, PyTorch's `.pt` and `.pth`, or any other. The central
 * directory at the end is a frame.
 *
 * @returns `null` when the file is something else
 * @throws BrokenClaim when the archive breaks a rule of the format
 */
export function parseZip(head: HeadReader, size: number): Layout | null {
  const opening = bufferOver(head(0, 4));
  if (opening.length < 4 || opening.readUInt32LE() !== LOCAL_SIGNATURE) return null;
  const directory = readZipDirectory(head, size);
  const entries = directory.entries.map((entry) => placed(head, entry, directory.start));
  entries.sort((a, b) => a.start - b.start);
  const spans = spansOf(entries, size);
  return { weights: { format: formatOf(entries), facts: new Map(), tensors: entries.map(tensorOf) }, spans };
}

function placed(head: HeadReader, entry: ZipEntry, directoryStart: number): PlacedEntry {
  claim(entry.offset + LOCAL_SIZE <= directoryStart, 'an entry lies before the directory');
  const local = bufferOver(head(entry.offset, Math.min(LOCAL_READ_SIZE, directoryStart - entry.offset)));
  claim(
    local.length >= LOCAL_SIZE && local.readUInt32LE() === LOCAL_SIGNATURE,
    'an entry has a local header',
  );
  const headerSize = LOCAL_SIZE + local.readUInt16LE(26) + local.readUInt16LE(28);
  const start = entry.offset + headerSize;
  claim(start + entry.size <= directoryStart, 'an entry ends before the directory');
  const beginning = local.subarray(headerSize, headerSize + entry.size);
  return { ...entry, start, array: entry.method === STORED ? parseNpyHeader(beginning) : null };
}

function formatOf(entries: readonly ZipEntry[]): WeightsFormat {
  if (entries.length > 0 && entries.every((entry) => entry.name.endsWith('.npy'))) return 'npz';
  return entries.some((entry) => /^[^/]+\/data\.pkl$/.test(entry.name)) ? 'pytorch' : 'zip';
}

function tensorOf({ name, start, size, array }: PlacedEntry): Tensor {
  return { name, dtype: array?.dtype ?? null, shape: array?.shape ?? null, start, size };
}

/**
 * The data of each entry, and what is between them: checksums behind the one before and the entry's own header.
 * That is kept apart, as it changes when the tensor does not: PyTorch numbers its entries, and pads their headers to
 * what the place asks for. It also gives a storage the very parts that the tensor has in a safetensors file.
 *
 * @param entries in file order
 */
function spansOf(entries: readonly PlacedEntry[], fileSize: number): Span[] {
  const spans: Span[] = [];
  let position = 0;
  for (const { name, offset, start, size } of entries) {
    claim(offset >= position, 'entries do not overlap');
    spans.push({ kind: 'tensor', name, start: position, end: start });
    position = start + size;
    spans.push({ kind: 'tensor', name, start, end: position });
  }
  return [...spans, { kind: 'frame', name: '', start: position, end: fileSize }];
}
