import type { HeadReader } from '../part.ts';
import { bufferOver, safeNumber } from './byte-cursor.ts';
import { claim } from './claim.ts';
import { JsonCursor } from './json-cursor.ts';
import {
  addFact,
  DIMENSIONS_MAX,
  FACT_LENGTH_MAX,
  inFileOrder,
  type Layout,
  layoutOf,
  TENSOR_NAME_SIZE_MAX,
  TENSORS_MAX,
  type Tensor,
} from './layout.ts';

/** The limit of the format's own library; a header is read whole, so this is also what reading one can take. */
const HEADER_SIZE_MAX = 100_000_000;

const LENGTH_SIZE = 8;
const OPEN_OBJECT = 0x7b;
const METADATA_KEY = '__metadata__';
const WORD_SIZE_MAX = 64;

/** Bits of one element. A dtype that is not here is taken at its word about its size. */
const DTYPE_BITS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    F4: 4,
    F6_E2M3: 6,
    F6_E3M2: 6,
    BOOL: 8,
    U8: 8,
    I8: 8,
    F8_E5M2: 8,
    F8_E4M3: 8,
    F8_E8M0: 8,
    F8_E5M2FNUZ: 8,
    F8_E4M3FNUZ: 8,
    I16: 16,
    U16: 16,
    F16: 16,
    BF16: 16,
    I32: 32,
    U32: 32,
    F32: 32,
    I64: 64,
    U64: 64,
    F64: 64,
    C64: 64,
  }),
);

/**
 * Reads the header of a safetensors file (https://github.com/huggingface/safetensors#format): its length in 8 bytes,
 * then JSON, then tensors that fill the rest without holes or overlaps.
 *
 * @returns `null` when the file is something else
 * @throws BrokenClaim when the header breaks a rule of the format
 */
export function parseSafetensors(head: HeadReader, size: number): Layout | null {
  const opening = bufferOver(head(0, LENGTH_SIZE + 1));
  if (opening[LENGTH_SIZE] !== OPEN_OBJECT) return null;
  const headerSize = safeNumber(opening.readBigUInt64LE());
  claim(headerSize <= HEADER_SIZE_MAX && headerSize <= size - LENGTH_SIZE, 'the header ends within the file');
  const text = bufferOver(head(LENGTH_SIZE, headerSize));
  claim(text.length === headerSize, 'the file is as long as it was');

  const dataStart = LENGTH_SIZE + headerSize;
  const { facts, tensors } = readHeader(new JsonCursor(text), dataStart);
  checkContiguous(tensors, dataStart, size);
  return layoutOf({ format: 'safetensors', facts, tensors }, [{ start: 0, end: dataStart }]);
}

function readHeader(json: JsonCursor, dataStart: number): { facts: Map<string, string>; tensors: Tensor[] } {
  const facts = new Map<string, string>();
  const tensors = new Map<string, Tensor>();
  let metadataSeen = false;
  json.object((name) => {
    if (name === METADATA_KEY) {
      claim(!metadataSeen, 'there is one __metadata__');
      metadataSeen = true;
      readMetadata(json, facts);
      return;
    }
    claim(!tensors.has(name) && tensors.size < TENSORS_MAX, `tensors differ in name, at most ${TENSORS_MAX}`);
    tensors.set(name, readTensor(json, name, dataStart));
  }, TENSOR_NAME_SIZE_MAX);
  json.end();
  return { facts, tensors: inFileOrder([...tensors.values()]) };
}

function readMetadata(json: JsonCursor, facts: Map<string, string>): void {
  json.object((key) => {
    const value = json.stringWithin(FACT_LENGTH_MAX);
    if (value !== null) addFact(facts, key, value);
  }, TENSOR_NAME_SIZE_MAX);
}

function readTensor(json: JsonCursor, name: string, dataStart: number): Tensor {
  const seen = new Set<string>();
  let dtype = '';
  let shape: number[] = [];
  let offsets: number[] = [];
  json.object((key) => {
    claim(!seen.has(key), 'a tensor says each thing once');
    seen.add(key);
    if (key === 'dtype') dtype = json.string(WORD_SIZE_MAX);
    else if (key === 'shape') shape = readNaturals(json, DIMENSIONS_MAX);
    else if (key === 'data_offsets') offsets = readNaturals(json, 2);
    else json.skip();
  }, WORD_SIZE_MAX);
  claim(seen.has('dtype') && seen.has('shape'), 'a tensor has a dtype and a shape');

  const [from, to] = offsets;
  claim(from !== undefined && to !== undefined && from <= to, 'a tensor has two offsets in order');
  checkSize(dtype, shape, to - from);
  return { name, dtype, shape, start: dataStart + from, size: to - from };
}

function readNaturals(json: JsonCursor, lengthMax: number): number[] {
  const numbers: number[] = [];
  json.array(() => {
    claim(numbers.length < lengthMax, `a list has at most ${lengthMax} numbers`);
    numbers.push(json.natural());
  });
  return numbers;
}

function checkSize(dtype: string, shape: readonly number[], size: number): void {
  const bits = DTYPE_BITS.get(dtype);
  if (bits === undefined) return;
  const total = shape.includes(0) ? 0 : shape.reduce((product, dimension) => product * dimension, bits);
  claim(total === size * 8, 'a tensor is as large as its dtype and shape make it');
}

function checkContiguous(tensors: readonly Tensor[], dataStart: number, size: number): void {
  let position = dataStart;
  for (const tensor of tensors) {
    claim(tensor.start === position, 'tensors follow each other without holes or overlaps');
    position += tensor.size;
  }
  claim(position === size, 'the last tensor ends with the file');
}
