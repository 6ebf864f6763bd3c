import { crc32, deflateRawSync } from 'node:zlib';
import { Assembly, type ModelFile, type TensorRange } from './model-file.ts';

const LOCAL_SIGNATURE = 0x04034b50;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;

const LOCAL_SIZE = 30;
const ZIP64_EXTRA = 0x0001;
const FULL_32 = 0xffffffff;
const FULL_16 = 0xffff;
const VERSION = 45;
/** 1980-01-01, the first day that ZIP knows. */
const DATE = 0x0021;
const FLAG_DESCRIPTOR = 0x0008;
const FLAG_UTF8 = 0x0800;

export interface ZipEntrySpec {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ZipOptions {
  readonly deflate?: boolean;
  /** Lets every entry's data begin at a multiple of this, by PyTorch's padding field `FB` in the local header. */
  readonly alignment?: number;
  /** Writes CRC and sizes behind the data, as a stream has to. */
  readonly descriptors?: boolean;
  /** `headers` puts sizes into ZIP64 fields of the local headers, `everything` into those of the directory too. */
  readonly zip64?: 'headers' | 'everything';
}

interface Written {
  readonly name: Buffer;
  readonly offset: number;
  readonly crc: number;
  readonly size: number;
  readonly storedSize: number;
}

/** A ZIP archive (PKWARE APPNOTE 6.3.10). The ranges are those of the entries' data as stored. */
export function zipFile(entries: readonly ZipEntrySpec[], options: ZipOptions = {}): ModelFile {
  const file = new Assembly();
  const tensors: TensorRange[] = [];
  const written = entries.map(({ name, bytes }): Written => {
    const data = options.deflate ? deflateRawSync(bytes) : bytes;
    const entry = {
      name: Buffer.from(name),
      offset: file.size,
      crc: crc32(bytes),
      size: bytes.byteLength,
      storedSize: data.byteLength,
    };
    file.add(localHeader(entry, options));
    tensors.push({ name, start: file.add(data), size: data.byteLength });
    if (options.descriptors) file.add(fields([4, DESCRIPTOR_SIGNATURE], ...sums(entry)));
    return entry;
  });
  const start = file.size;
  for (const entry of written) file.add(centralEntry(entry, options));
  file.add(endRecords({ count: written.length, size: file.size - start, start }, options));
  return { bytes: file.bytes(), tensors };
}

function localHeader(entry: Written, options: ZipOptions): Buffer {
  const long = options.zip64 !== undefined && !options.descriptors;
  const zip64 = long
    ? fields([2, ZIP64_EXTRA], [2, 16], [8, entry.size], [8, entry.storedSize])
    : Buffer.alloc(0);
  const padding = options.alignment
    ? paddingField(entry.offset + LOCAL_SIZE + entry.name.length + zip64.length, options.alignment)
    : Buffer.alloc(0);
  const known: Field[] = long
    ? [
        [4, entry.crc],
        [4, FULL_32],
        [4, FULL_32],
      ]
    : sums(entry);
  const fixed = fields(
    [4, LOCAL_SIGNATURE],
    [2, VERSION],
    ...common(options),
    ...(options.descriptors ? known.map(([size]): Field => [size, 0]) : known),
    [2, entry.name.length],
    [2, zip64.length + padding.length],
  );
  return Buffer.concat([fixed, entry.name, zip64, padding]);
}

function centralEntry(entry: Written, options: ZipOptions): Buffer {
  const long = options.zip64 === 'everything';
  const numbers: Field[] = [
    [8, entry.size],
    [8, entry.storedSize],
    [8, entry.offset],
  ];
  const extra = long ? fields([2, ZIP64_EXTRA], [2, 24], ...numbers) : Buffer.alloc(0);
  const fixed = fields(
    [4, CENTRAL_SIGNATURE],
    [2, VERSION],
    [2, VERSION],
    ...common(options),
    [4, entry.crc],
    [4, long ? FULL_32 : entry.storedSize],
    [4, long ? FULL_32 : entry.size],
    [2, entry.name.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, long ? FULL_32 : entry.offset],
  );
  return Buffer.concat([fixed, entry.name, extra]);
}

function endRecords(directory: { count: number; size: number; start: number }, options: ZipOptions): Buffer {
  const { count, size, start } = directory;
  const full = options.zip64 === 'everything';
  const zip64 = fields(
    [4, ZIP64_END_SIGNATURE],
    [8, 44],
    [2, VERSION],
    [2, VERSION],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, start],
    [4, ZIP64_LOCATOR_SIGNATURE],
    [4, 0],
    [8, start + size],
    [4, 1],
  );
  const end = fields(
    [4, END_SIGNATURE],
    [2, 0],
    [2, 0],
    [2, full ? FULL_16 : count],
    [2, full ? FULL_16 : count],
    [4, full ? FULL_32 : size],
    [4, full ? FULL_32 : start],
    [2, 0],
  );
  return options.zip64 ? Buffer.concat([zip64, end]) : end;
}

function common(options: ZipOptions): Field[] {
  const flags = FLAG_UTF8 | (options.descriptors ? FLAG_DESCRIPTOR : 0);
  return [
    [2, flags],
    [2, options.deflate ? 8 : 0],
    [2, 0],
    [2, DATE],
  ];
}

function sums(entry: Written): Field[] {
  return [
    [4, entry.crc],
    [4, entry.storedSize],
    [4, entry.size],
  ];
}

/** As PyTorch does it: an extra field named `FB`, filled with `Z`, up to the next multiple. */
function paddingField(start: number, alignment: number): Buffer {
  const size = (alignment - ((start + 4) % alignment)) % alignment;
  return Buffer.concat([Buffer.from('FB'), fields([2, size]), Buffer.alloc(size, 'Z')]);
}

/** A field's size in bytes, and its value. */
type Field = readonly [size: 2 | 4 | 8, value: number];

/** Little-endian fields one after the other. */
function fields(...list: readonly Field[]): Buffer {
  const bytes = Buffer.alloc(list.reduce((total, [size]) => total + size, 0));
  let index = 0;
  for (const [size, value] of list) {
    if (size === 8) bytes.writeBigUInt64LE(BigInt(value), index);
    else bytes.writeUIntLE(value, index, size);
    index += size;
  }
  return bytes;
}
