import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of an archive, in which anything may be a lie. */
export interface ForgedEntry {
  readonly name: string | Buffer;
  readonly content?: string | Uint8Array;
  readonly deflate?: boolean;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  /** Told for the size that it unpacks to, and for the one that it has packed. */
  readonly size?: number;
  readonly packedSize?: number;
  /** A Unix mode, with its kind. */
  readonly mode?: number;
  readonly madeBy?: number;
  readonly extra?: Buffer;
  /** What the head before the data tells instead. */
  readonly head?: Partial<Pick<ForgedEntry, 'name' | 'flags' | 'method' | 'crc' | 'size' | 'packedSize'>>;
  /** The number of an entry before, whose head and data this one uses too. */
  readonly sharesWith?: number;
  /** Added to where the directory says that the head is. */
  readonly shift?: number;
}

export interface ForgedEnd {
  readonly count?: number;
  readonly disk?: number;
  readonly offset?: number;
  readonly comment?: Buffer;
}

const UNIX = 3;
const UTF8 = 0x0800;

/** A ZIP archive (APPNOTE 6.3.10), byte by byte. */
export function forgedArchive(entries: readonly ForgedEntry[], end: ForgedEnd = {}): Buffer {
  const chunks: Buffer[] = [];
  let position = 0;
  const add = (bytes: Buffer) => {
    chunks.push(bytes);
    position += bytes.length;
  };
  const offsets: number[] = [];
  for (const entry of entries) {
    offsets.push(entry.sharesWith === undefined ? position : offsets[entry.sharesWith]!);
    if (entry.sharesWith !== undefined) continue;
    add(head({ ...entry, ...entry.head }));
    add(dataOf(entry));
  }
  const start = position;
  for (const [index, entry] of entries.entries())
    add(directoryEntry(entry, offsets[index]! + (entry.shift ?? 0)));
  const { count = entries.length, disk = 0, offset = start, comment = Buffer.alloc(0) } = end;
  add(
    numbers(
      [4, 0x06054b50],
      [2, disk],
      [2, disk],
      [2, count],
      [2, count],
      [4, position - start],
      [4, offset],
      [2, comment.length],
    ),
  );
  add(comment);
  return Buffer.concat(chunks);
}

function contentOf({ content = '' }: ForgedEntry): Buffer {
  return Buffer.from(content as string);
}

function dataOf(entry: ForgedEntry): Buffer {
  return entry.deflate ? deflateRawSync(contentOf(entry)) : contentOf(entry);
}

/** The fields that the head and the directory have in common. */
function told(entry: ForgedEntry): { name: Buffer; fields: Field[] } {
  const content = contentOf(entry);
  const { flags = UTF8, method = entry.deflate ? 8 : 0, crc = crc32(content) } = entry;
  const { size = content.length, packedSize = dataOf(entry).length } = entry;
  const name = Buffer.from(entry.name as string);
  return {
    name,
    fields: [
      [2, flags],
      [2, method],
      [2, 0],
      [2, 0x21],
      [4, crc],
      [4, packedSize],
      [4, size],
      [2, name.length],
    ],
  };
}

function head(entry: ForgedEntry): Buffer {
  const { name, fields } = told(entry);
  return Buffer.concat([numbers([4, 0x04034b50], [2, 20], ...fields, [2, 0]), name]);
}

function directoryEntry(entry: ForgedEntry, offset: number): Buffer {
  const { name, fields } = told(entry);
  const { extra = Buffer.alloc(0), mode = 0o100644, madeBy = UNIX } = entry;
  return Buffer.concat([
    numbers(
      [4, 0x02014b50],
      [2, (madeBy << 8) | 63],
      [2, 20],
      ...fields,
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, (mode << 16) >>> 0],
      [4, offset],
    ),
    name,
    extra,
  ]);
}

type Field = readonly [size: number, value: number];

function numbers(...fields: readonly Field[]): Buffer {
  const bytes = Buffer.alloc(fields.reduce((sum, [size]) => sum + size, 0));
  let at = 0;
  for (const [size, value] of fields) at = bytes.writeUIntLE(value, at, size);
  return bytes;
}
