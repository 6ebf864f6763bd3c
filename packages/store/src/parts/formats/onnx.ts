import { bufferOver } from './byte-cursor.ts';
import { claim } from './claim.ts';
import {
  DIMENSIONS_MAX,
  inFileOrder,
  type Layout,
  layoutOf,
  TENSOR_NAME_SIZE_MAX,
  TENSORS_MAX,
  type Tensor,
} from './layout.ts';
import { fieldsOf, packedVarints } from './protobuf.ts';

/** Field numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
const MODEL = { graph: 7 };
const GRAPH = { initializer: 5 };
const TENSOR = { dims: 1, dataType: 2, name: 8, externalData: 13, dataLocation: 14 };
const ENTRY = { key: 1, value: 2 };
const LOCATION_EXTERNAL = 1;

/** `TensorProto.DataType` by number. */
const DATA_TYPES: readonly string[] = (
  'UNDEFINED FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32 UINT64 COMPLEX64 ' +
  'COMPLEX128 BFLOAT16 FLOAT8E4M3FN FLOAT8E4M3FNUZ FLOAT8E5M2 FLOAT8E5M2FNUZ UINT4 INT4 FLOAT4E2M1 FLOAT8E8M0'
).split(' ');

/** A tensor of an ONNX model whose bytes lie in another file. */
interface ExternalTensor {
  readonly name: string;
  readonly dtype: string | null;
  readonly shape: readonly number[];
  /** Path of that file, relative to the folder of the model. */
  readonly location: string;
  /** Byte offset in that file. */
  readonly offset: number;
  /** In bytes; `null` means to the end of that file. */
  readonly size: number | null;
}

/**
 * The layout of the data file of an ONNX model.
 *
 * @param location the data file's path, relative to the folder of the model
 * @returns `null` when the model keeps nothing in that file
 * @throws BrokenClaim when the model breaks a rule, or reaches beyond the file
 */
export function onnxDataLayout(onnxBytes: Uint8Array, location: string, size: number): Layout | null {
  const tensors = new Map<string, Tensor>();
  for (const tensor of externalTensors(onnxBytes)) {
    if (tensor.location !== location) continue;
    const length = tensor.size ?? size - tensor.offset;
    claim(length >= 0 && tensor.offset + length <= size, 'a tensor ends within the data file');
    // Two initializers may share one range, as tied weights do: it is one piece of the file.
    const range = `${tensor.offset}+${length}`;
    const { name, dtype, shape } = tensor;
    if (!tensors.has(range)) tensors.set(range, { name, dtype, shape, start: tensor.offset, size: length });
  }
  if (tensors.size === 0) return null;
  return layoutOf({ format: 'onnx-data', facts: new Map(), tensors: inFileOrder([...tensors.values()]) }, []);
}

/** The initializers of a model that lie outside it (https://github.com/onnx/onnx/blob/main/docs/ExternalData.md). */
function externalTensors(onnxBytes: Uint8Array): ExternalTensor[] {
  const tensors: ExternalTensor[] = [];
  for (const graph of messages(bufferOver(onnxBytes), MODEL.graph)) {
    for (const initializer of messages(graph, GRAPH.initializer)) {
      const tensor = parseInitializer(initializer);
      if (!tensor) continue;
      claim(tensors.length < TENSORS_MAX, `there are at most ${TENSORS_MAX} tensors`);
      tensors.push(tensor);
    }
  }
  return tensors;
}

/** `null` for a tensor that holds its bytes itself. */
function parseInitializer(message: Buffer): ExternalTensor | null {
  const external = new Map<string, string>();
  const shape: number[] = [];
  let name = '';
  let dtype: string | null = null;
  let isExternal = false;
  for (const { number, value } of fieldsOf(message)) {
    if (number === TENSOR.dims) shape.push(...dimensionsIn(value, DIMENSIONS_MAX - shape.length));
    else if (number === TENSOR.dataType) dtype = DATA_TYPES[Number(value)] ?? null;
    else if (number === TENSOR.name) name = textOf(value);
    else if (number === TENSOR.externalData) addEntry(external, value);
    else if (number === TENSOR.dataLocation) isExternal = value === LOCATION_EXTERNAL;
  }
  if (!isExternal) return null;
  const size = external.get('length');
  return {
    name,
    dtype,
    shape,
    location: (external.get('location') ?? '').replace(/^\.\//, ''),
    offset: naturalOf(external.get('offset') ?? '0'),
    size: size === undefined ? null : naturalOf(size),
  };
}

function dimensionsIn(value: number | Buffer, countMax: number): number[] {
  const dimensions = typeof value === 'number' ? [value] : packedVarints(value, countMax);
  claim(dimensions.length <= countMax, `a tensor has at most ${DIMENSIONS_MAX} dimensions`);
  claim(dimensions.every(Number.isSafeInteger), 'a dimension is below 2^53');
  return dimensions;
}

function addEntry(entries: Map<string, string>, value: number | Buffer): void {
  claim(typeof value !== 'number', 'an entry is a message');
  let key = '';
  let text = '';
  for (const field of fieldsOf(value)) {
    if (field.number === ENTRY.key) key = textOf(field.value);
    else if (field.number === ENTRY.value) text = textOf(field.value);
  }
  entries.set(key, text);
}

function* messages(message: Buffer, number: number): Generator<Buffer> {
  for (const field of fieldsOf(message)) {
    if (field.number === number && typeof field.value !== 'number') yield field.value;
  }
}

function textOf(value: number | Buffer): string {
  claim(typeof value !== 'number' && value.length <= TENSOR_NAME_SIZE_MAX, 'a text is within limits');
  return value.toString('utf8');
}

function naturalOf(digits: string): number {
  claim(
    /^\d{1,16}$/.test(digits) && Number.isSafeInteger(Number(digits)),
    'an offset is an integer below 2^53',
  );
  return Number(digits);
}
