import { createReadStream } from 'node:fs';
import { pipeline, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { systemCode } from '@cairn/store';
import { damaged } from '../../packages/archive-errors.ts';
import { bytesAt } from '../../packages/file-kind.ts';
import { isTarHeader, TAR_BLOCK_SIZE } from './tar-header.ts';

/** How a file is packed. `null` stands for one that is no archive of any kind that is read. */
export type Packing = 'zip' | 'tar' | 'tar.gz' | 'tar.xz' | 'tar.bz2' | 'tar.zst';

/** Bytes read at once. */
const CHUNK_SIZE = 256 * 1024;

/** What a file of each kind begins with; of bzip2, after the level, digits of pi. */
const MAGICS: readonly (readonly [Packing, string])[] = [
  ['zip', 'PK\u0003\u0004'],
  ['zip', 'PK\u0005\u0006'],
  ['tar.gz', '\u001f\u008b\u0008'],
  ['tar.xz', '\u00fd7zXZ\u0000'],
  ['tar.zst', '\u0028\u00b5\u002f\u00fd'],
  ...[...'123456789'].map((level) => ['tar.bz2', `BZh${level}1AY&SY`] as const),
];

/** Tells by the first bytes how a file is packed; what it is called says nothing. That a tar is inside shows later. */
export async function packingOf(file: string): Promise<Packing | null> {
  const beginning = await bytesAt(file, { position: 0, size: TAR_BLOCK_SIZE });
  const text = beginning.toString('latin1');
  const known = MAGICS.find(([, magic]) => text.startsWith(magic));
  if (known) return known[0];
  return isTarHeader(beginning) ? 'tar' : null;
}

export interface UnpackedBytes {
  /** The bytes of the tar, checked against the checksums of its packing; those after the last chunk too. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Bytes of the file that have been read so far. */
  position(): number;
}

/** Reads a tar through its packing. Throws `damaged` or `unsupported` while it is read. */
export function openPacked(
  file: string,
  packing: Exclude<Packing, 'zip'>,
  signal?: AbortSignal,
): UnpackedBytes {
  const input = createReadStream(file, { highWaterMark: CHUNK_SIZE, ...(signal && { signal }) });
  return { bytes: UNPACKERS[packing](input), position: () => input.bytesRead };
}

type Packed = ReturnType<typeof createReadStream>;

const UNPACKERS: Readonly<Record<Exclude<Packing, 'zip'>, (packed: Packed) => AsyncIterable<Uint8Array>>> = {
  tar: (packed) => packed,
  'tar.gz': (packed) => through(packed, createGunzip({ chunkSize: CHUNK_SIZE })),
  'tar.zst': (packed) => through(packed, createZstdDecompress({ chunkSize: CHUNK_SIZE })),
  'tar.xz': (packed) => later(packed, async () => (await import('./xz.ts')).unxz),
  'tar.bz2': (packed) => later(packed, async () => (await import('./bzip2/bunzip2.ts')).bunzip2),
};

async function* through(packed: Packed, unpack: Transform): AsyncGenerator<Uint8Array> {
  try {
    // Whichever of them fails or is left alone, the other ends with it; the error comes out of the loop that reads.
    yield* pipeline(packed, unpack, () => undefined);
  } catch (error) {
    throw asDamage(error);
  }
}

/** Unpacks with code that is loaded only when it is needed. */
async function* later(
  packed: Packed,
  load: () => Promise<(packed: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* (await load())(packed);
  } finally {
    packed.destroy();
  }
}

/** What zlib and zstd say of bytes that they cannot read; anything else is as it was. */
function asDamage(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = systemCode(error) ?? '';
  if (code === 'Z_BUF_ERROR') return damaged('it ends early');
  if (/^(Z_|ZSTD_)/.test(code))
    return damaged(`its packed data are not what they should be: ${error.message}`);
  return error;
}
