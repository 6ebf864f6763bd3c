import type { HeadReader } from '../part.ts';
import { ByteCursor, bufferOver } from './byte-cursor.ts';
import { claim } from './claim.ts';
import { GGML_TYPES, QUANTIZATIONS } from './gguf-types.ts';
import { readName, readValue } from './gguf-values.ts';
import {
  addFact,
  DIMENSIONS_MAX,
  type Layout,
  layoutOf,
  TENSOR_NAME_SIZE_MAX,
  TENSORS_MAX,
  type Tensor,
} from './layout.ts';

const MAGIC = 'GGUF';
const VERSIONS: readonly number[] = [2, 3];

/** Tokenizers make the largest headers, of some 10 MiB. */
const HEADER_SIZE_MAX = 2 ** 26;
const METADATA_MAX = 2 ** 16;

const ALIGNMENT_KEY = 'general.alignment';
const ALIGNMENT_DEFAULT = 32;
/** Powers of two up to 1 MiB: larger ones would come into conflict with the cuts inside a tensor. */
const ALIGNMENTS: readonly number[] = Array.from({ length: 21 }, (_, power) => 2 ** power);
const FILE_TYPE_KEY = 'general.file_type';

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  /** From the start of the data. */
  readonly offset: number;
}

/**
 * Reads the header of a GGUF file, version 2 or 3, little-endian
 * (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): metadata, then where each tensor lies.
 *
 * @returns `null` when the file is something else
 * @throws BrokenClaim when the header breaks a rule of the format
 */
export function parseGguf(head: HeadReader, size: number): Layout | null {
  const opening = bufferOver(head(0, 8));
  if (opening.toString('latin1', 0, 4) !== MAGIC) return null;
  claim(opening.length === 8 && VERSIONS.includes(opening.readUInt32LE(4)), 'the version is 2 or 3');

  const cursor = new ByteCursor(head, { start: 8, end: Math.min(size, HEADER_SIZE_MAX) });
  const tensorCount = cursor.u64();
  const metadataCount = cursor.u64();
  claim(tensorCount <= TENSORS_MAX && metadataCount <= METADATA_MAX, 'counts are within limits');
  const { facts, alignment } = readMetadata(cursor, metadataCount);
  const entries = readEntries(cursor, tensorCount);
  const dataStart = roundUp(cursor.position, alignment);
  for (const { offset } of entries) claim(offset % alignment === 0, 'tensors are aligned');

  const tensors = tensorsOf(entries, dataStart, size);
  return layoutOf({ format: 'gguf', facts, tensors }, [{ start: 0, end: Math.min(dataStart, size) }]);
}

function readMetadata(cursor: ByteCursor, count: number): { facts: Map<string, string>; alignment: number } {
  const facts = new Map<string, string>();
  const seen = new Set<string>();
  let alignment = ALIGNMENT_DEFAULT;
  for (let index = 0; index < count; index++) {
    const key = readName(cursor, TENSOR_NAME_SIZE_MAX);
    claim(!seen.has(key), 'a key comes once');
    seen.add(key);
    const value = readValue(cursor);
    if (key === ALIGNMENT_KEY) alignment = alignmentOf(value);
    if (value === null) continue;
    addFact(facts, key, value);
    const quantization = key === FILE_TYPE_KEY ? QUANTIZATIONS.get(Number(value)) : undefined;
    if (quantization !== undefined) addFact(facts, 'quantization', quantization);
  }
  return { facts, alignment };
}

function alignmentOf(value: string | null): number {
  const alignment = Number(value);
  claim(ALIGNMENTS.includes(alignment), 'the alignment is a power of two within limits');
  return alignment;
}

function readEntries(cursor: ByteCursor, count: number): Entry[] {
  const entries = new Map<string, Entry>();
  for (let index = 0; index < count; index++) {
    const name = readName(cursor, TENSOR_NAME_SIZE_MAX);
    claim(!entries.has(name), 'tensors differ in name');
    const dimensions = cursor.u32();
    claim(dimensions <= DIMENSIONS_MAX, `a tensor has at most ${DIMENSIONS_MAX} dimensions`);
    const shape = Array.from({ length: dimensions }, () => cursor.u64());
    entries.set(name, { name, shape, type: cursor.u32(), offset: cursor.u64() });
  }
  return [...entries.values()].sort((a, b) => a.offset - b.offset);
}

/** @param entries in file order */
function tensorsOf(entries: readonly Entry[], dataStart: number, fileSize: number): Tensor[] {
  return entries.map(({ name, shape, type, offset }, index) => {
    const start = dataStart + offset;
    const following = entries[index + 1];
    const space = (following ? dataStart + following.offset : fileSize) - start;
    const size = sizeOf(type, shape) ?? space;
    claim(size >= 0 && size <= space, 'a tensor ends before the next one begins');
    return { name, dtype: GGML_TYPES.get(type)?.name ?? `type ${type}`, shape, start, size };
  });
}

/** In bytes; `null` for a type that is not known. */
function sizeOf(type: number, shape: readonly number[]): number | null {
  const known = GGML_TYPES.get(type);
  if (!known) return null;
  const [rowLength = 1] = shape;
  claim(rowLength % known.blockLength === 0, 'a row is made of whole blocks');
  return (shape.reduce((product, dimension) => product * dimension, 1) / known.blockLength) * known.blockSize;
}

function roundUp(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
