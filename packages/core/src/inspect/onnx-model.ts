import type { HeadReader } from '@cairn/store';

/** What an ONNX model says about itself. */
export interface OnnxModel {
  readonly facts: ReadonlyMap<string, string>;
  readonly tensors: readonly OnnxTensor[];
}

interface OnnxTensor {
  readonly name: string;
  readonly dtype: string | null;
  readonly shape: readonly number[];
  /** Bytes that the model itself holds; `null` where they lie in another file. */
  readonly size: number | null;
}

/** Field numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
const MODEL = {
  irVersion: 1,
  producerName: 2,
  producerVersion: 3,
  domain: 4,
  modelVersion: 5,
  docString: 6,
  graph: 7,
  opsets: 8,
  metadata: 14,
};
const OPSET = { domain: 1, version: 2 };
const ENTRY = { key: 1, value: 2 };
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 };
const NODE = { opType: 4 };
const VALUE = { name: 1 };
const TENSOR = { dims: 1, dataType: 2, name: 8, rawData: 9, dataLocation: 14 };

/** `TensorProto.DataType` by number. */
const DATA_TYPES: readonly string[] = (
  'UNDEFINED FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32 UINT64 COMPLEX64 ' +
  'COMPLEX128 BFLOAT16 FLOAT8E4M3FN FLOAT8E4M3FNUZ FLOAT8E5M2 FLOAT8E5M2FNUZ UINT4 INT4 FLOAT4E2M1 FLOAT8E8M0'
).split(' ');

/** Longest text that is shown, bytes. */
const TEXT_SIZE_MAX = 4096;
const TENSORS_MAX = 2 ** 16;
const NODES_MAX = 2 ** 18;
const DIMENSIONS_MAX = 64;

/** The bytes are no ONNX model, or one that breaks its own rules. */
class NotOnnx extends Error {}

/** The model in a file of so many bytes; `null` when it is none. */
export function parseOnnxModel(head: HeadReader, size: number): OnnxModel | null {
  try {
    return readModel(head, { start: 0, end: size });
  } catch (error) {
    if (error instanceof NotOnnx) return null;
    throw error;
  }
}

interface Extent {
  readonly start: number;
  readonly end: number;
}

interface Field extends Extent {
  readonly number: number;
  /** The number itself where it is a varint. */
  readonly varint: number | null;
}

function readModel(head: HeadReader, extent: Extent): OnnxModel | null {
  const facts = new Map<string, string>();
  const opsets: string[] = [];
  let graph: Extent | null = null;
  for (const field of fieldsOf(head, extent)) {
    if (field.number === MODEL.irVersion) facts.set('IR version', String(field.varint));
    else if (field.number === MODEL.producerName) facts.set('producer', textOf(head, field));
    else if (field.number === MODEL.producerVersion) facts.set('producer version', textOf(head, field));
    else if (field.number === MODEL.domain) facts.set('domain', textOf(head, field));
    else if (field.number === MODEL.modelVersion) facts.set('model version', String(field.varint));
    else if (field.number === MODEL.docString) facts.set('description', textOf(head, field));
    else if (field.number === MODEL.opsets) opsets.push(opsetOf(head, field));
    else if (field.number === MODEL.metadata) addMetadata(head, field, facts);
    else if (field.number === MODEL.graph) graph = field;
  }
  if (graph === null || !facts.has('IR version')) return null;
  facts.set('opset', opsets.join(', '));
  for (const [name, value] of facts) if (value === '') facts.delete(name);
  return { facts, tensors: readGraph(head, graph, facts) };
}

function readGraph(head: HeadReader, graph: Extent, facts: Map<string, string>): OnnxTensor[] {
  const tensors: OnnxTensor[] = [];
  const operators = new Map<string, number>();
  const inputs: string[] = [];
  const outputs: string[] = [];
  let nodes = 0;
  for (const field of fieldsOf(head, graph)) {
    if (field.number === GRAPH.initializer) {
      check(tensors.length < TENSORS_MAX);
      tensors.push(readTensor(head, field));
    } else if (field.number === GRAPH.node) {
      nodes += 1;
      check(nodes <= NODES_MAX);
      const operator = textField(head, field, NODE.opType);
      operators.set(operator, (operators.get(operator) ?? 0) + 1);
    } else if (field.number === GRAPH.input) inputs.push(textField(head, field, VALUE.name));
    else if (field.number === GRAPH.output) outputs.push(textField(head, field, VALUE.name));
  }
  facts.set('nodes', String(nodes));
  facts.set('operators', countsOf(operators));
  facts.set('inputs', inputs.join(', '));
  facts.set('outputs', outputs.join(', '));
  return tensors;
}

/** The most frequent first. */
function countsOf(operators: ReadonlyMap<string, number>): string {
  const sorted = [...operators].sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => (count === 1 ? name : `${name} × ${count}`)).join(', ');
}

function readTensor(head: HeadReader, extent: Extent): OnnxTensor {
  const shape: number[] = [];
  let name = '';
  let dtype: string | null = null;
  let size: number | null = 0;
  for (const field of fieldsOf(head, extent)) {
    if (field.number === TENSOR.dims) {
      shape.push(...(field.varint === null ? varintsIn(head, field) : [field.varint]));
      check(shape.length <= DIMENSIONS_MAX);
    } else if (field.number === TENSOR.dataType) dtype = DATA_TYPES[field.varint ?? -1] ?? null;
    else if (field.number === TENSOR.name) name = textOf(head, field);
    else if (field.number === TENSOR.dataLocation && field.varint === 1) size = null;
    else if (field.number === TENSOR.rawData && size !== null) size = field.end - field.start;
  }
  return { name, dtype, shape, size };
}

function addMetadata(head: HeadReader, extent: Extent, facts: Map<string, string>): void {
  const key = textField(head, extent, ENTRY.key);
  if (key !== '' && !facts.has(key)) facts.set(key, textField(head, extent, ENTRY.value));
}

function opsetOf(head: HeadReader, extent: Extent): string {
  const domain = textField(head, extent, OPSET.domain);
  let version: number | null = null;
  for (const field of fieldsOf(head, extent)) if (field.number === OPSET.version) version = field.varint;
  return domain === '' ? String(version) : `${domain} ${version}`;
}

function textField(head: HeadReader, extent: Extent, number: number): string {
  let text = '';
  for (const field of fieldsOf(head, extent)) if (field.number === number) text = textOf(head, field);
  return text;
}

function textOf(head: HeadReader, { start, end, varint }: Field): string {
  check(varint === null);
  return Buffer.from(head(start, Math.min(end - start, TEXT_SIZE_MAX))).toString('utf8');
}

/** The fields of a message in their order (https://protobuf.dev/programming-guides/encoding/). */
function* fieldsOf(head: HeadReader, { start, end }: Extent): Generator<Field> {
  for (let at = start; at < end; ) {
    const tag = varintAt(head, at, end);
    const wireType = tag.value % 8;
    const value = wireType === 0 || wireType === 2 ? varintAt(head, tag.end, end) : null;
    const from = wireType === 2 ? value!.end : tag.end;
    const to = wireType === 0 ? value!.end : from + (wireType === 2 ? value!.value : fixedSize(wireType));
    check(to <= end);
    yield {
      number: Math.floor(tag.value / 8),
      start: from,
      end: to,
      varint: wireType === 0 ? value!.value : null,
    };
    at = to;
  }
}

function varintsIn(head: HeadReader, { start, end }: Extent): number[] {
  const numbers: number[] = [];
  for (let at = start; at < end; ) {
    check(numbers.length < DIMENSIONS_MAX);
    const { value, end: next } = varintAt(head, at, end);
    numbers.push(value);
    at = next;
  }
  return numbers;
}

/** A 64-bit varint takes ten bytes of seven bits. */
const VARINT_SIZE_MAX = 10;

function varintAt(head: HeadReader, start: number, end: number): { value: number; end: number } {
  const bytes = head(start, Math.min(VARINT_SIZE_MAX, end - start));
  let value = 0;
  for (const [index, byte] of bytes.entries()) {
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  throw new NotOnnx();
}

function fixedSize(wireType: number): number {
  check(wireType === 1 || wireType === 5);
  return wireType === 1 ? 8 : 4;
}

function check(holds: boolean): asserts holds {
  if (!holds) throw new NotOnnx();
}
