import { Assembly, type TensorRange, type TensorSpec, tensorBytes } from './model-file.ts';

/** `TensorProto.DataType` */
const DATA_TYPES: Readonly<Record<string, number>> = { F32: 1, F16: 10, BF16: 16 };

const EXTERNAL = 1;

export interface OnnxOptions {
  readonly seed?: string | number;
  /** Path of the data file beside the model. */
  readonly location?: string;
  /** Of the tensors in the data file, in bytes; ONNX Runtime writes 4096. */
  readonly alignment?: number;
}

/** An ONNX model and the file its weights are in. */
export interface OnnxFiles {
  readonly model: Buffer;
  readonly data: Buffer;
  readonly tensors: readonly TensorRange[];
}

/**
 * An ONNX model whose weights are external data (https://github.com/onnx/onnx/blob/main/docs/ExternalData.md). Its
 * graph gives back the first of them.
 */
export function onnxFiles(tensors: readonly TensorSpec[], options: OnnxOptions = {}): OnnxFiles {
  const location = options.location ?? 'model.onnx.data';
  const data = new Assembly();
  const ranges = tensors.map((tensor): TensorRange => {
    data.alignTo(options.alignment ?? 1);
    const bytes = tensorBytes(tensor, options.seed ?? 0);
    return { name: tensor.name, start: data.add(bytes), size: bytes.byteLength };
  });
  const initializers = tensors.map((tensor, index) => initializer(tensor, location, ranges[index]!));
  return { model: modelWith(tensors[0]!, initializers), data: data.bytes(), tensors: ranges };
}

/** ModelProto: ir_version = 1, graph = 7, opset_import = 8. */
function modelWith(output: TensorSpec, initializers: readonly Buffer[]): Buffer {
  const node = message([1, output.name], [2, 'output'], [4, 'Identity']);
  const graph = message([1, node], [2, 'graph'], ...initializers.map((bytes): Field => [5, bytes]), [
    12,
    message([1, 'output'], [2, tensorType(output)]),
  ]);
  return message([1, 10], [7, graph], [8, message([1, ''], [2, 17])]);
}

/** TensorProto: dims = 1, data_type = 2, name = 8, external_data = 13, data_location = 14. */
function initializer({ name, dtype, shape }: TensorSpec, location: string, range: TensorRange): Buffer {
  const dataType = DATA_TYPES[dtype];
  if (dataType === undefined) throw new Error(`${name}: unknown dtype ${dtype}`);
  const entries = { location, offset: String(range.start), length: String(range.size) };
  return message(
    ...shape.map((dimension): Field => [1, dimension]),
    [2, dataType],
    [8, name],
    ...Object.entries(entries).map(([key, value]): Field => [13, message([1, key], [2, value])]),
    [14, EXTERNAL],
  );
}

/** TypeProto: tensor_type = 1, with elem_type = 1 and shape = 2, which has dim = 1 with dim_value = 1. */
function tensorType({ dtype, shape }: TensorSpec): Buffer {
  const dimensions = shape.map((dimension): Field => [1, message([1, dimension])]);
  return message([1, message([1, DATA_TYPES[dtype]!], [2, message(...dimensions)])]);
}

/** A field's number and its value: numbers become varints, the rest is length-delimited. */
type Field = readonly [number: number, value: number | string | Buffer];

function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [varint(number * 8), varint(value)];
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      return [varint(number * 8 + 2), varint(bytes.byteLength), bytes];
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.of(...bytes, rest);
    bytes.push((rest % 128) + 128);
  }
}
