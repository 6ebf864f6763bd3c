import { Assembly, type ModelFile, type TensorRange, type TensorSpec, tensorBytes } from './model-file.ts';

/** Numbers of `enum gguf_type`. */
const VALUE_TYPES = { u8: 0, i32: 5, f32: 6, bool: 7, string: 8, array: 9, u32: 4, u64: 10 } as const;

/** Numbers of `enum ggml_type`. */
const TENSOR_TYPES: Readonly<Record<string, number>> = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q8_0: 8,
  Q4_K: 12,
  Q6_K: 14,
  BF16: 30,
};

const ALIGNMENT_KEY = 'general.alignment';

export type GgufValue =
  | { readonly type: 'u8' | 'i32' | 'f32' | 'u32' | 'u64'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'array'; readonly of: GgufValue['type']; readonly values: readonly GgufValue[] };

export interface GgufOptions {
  readonly seed?: string | number;
  readonly version?: 2 | 3;
  readonly metadata?: Readonly<Record<string, GgufValue>>;
  /** Of the tensors, in bytes; written into the metadata when given. */
  readonly alignment?: number;
}

/**
 * A GGUF file, little-endian, with the tensors in the order given
 * (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). Shapes are in GGUF's order: the row length first.
 */
export function ggufFile(tensors: readonly TensorSpec[], options: GgufOptions = {}): ModelFile {
  const alignment = options.alignment ?? 32;
  const metadata: Record<string, GgufValue> = { ...options.metadata };
  if (options.alignment) metadata[ALIGNMENT_KEY] = { type: 'u32', value: alignment };

  const data = new Assembly();
  const placed = tensors.map((tensor): TensorRange => {
    const bytes = tensorBytes(tensor, options.seed ?? 0);
    const start = data.add(bytes);
    data.alignTo(alignment);
    return { name: tensor.name, start, size: bytes.byteLength };
  });

  const file = new Assembly();
  file.add(Buffer.from('GGUF'));
  file.add(u32(options.version ?? 3));
  file.add(u64(tensors.length));
  file.add(u64(Object.keys(metadata).length));
  for (const [key, value] of Object.entries(metadata)) file.add(Buffer.concat([text(key), typed(value)]));
  for (const [index, tensor] of tensors.entries()) file.add(tensorInfo(tensor, placed[index]!.start));
  file.alignTo(alignment);
  const dataStart = file.add(data.bytes());
  return {
    bytes: file.bytes(),
    tensors: placed.map((range) => ({ ...range, start: dataStart + range.start })),
  };
}

function tensorInfo(tensor: TensorSpec, offset: number): Buffer {
  const type = TENSOR_TYPES[tensor.dtype];
  if (type === undefined) throw new Error(`${tensor.name}: unknown type ${tensor.dtype}`);
  const dimensions = tensor.shape.map(u64);
  return Buffer.concat([text(tensor.name), u32(tensor.shape.length), ...dimensions, u32(type), u64(offset)]);
}

function typed(value: GgufValue): Buffer {
  return Buffer.concat([u32(VALUE_TYPES[value.type]), untyped(value)]);
}

function untyped(value: GgufValue): Buffer {
  switch (value.type) {
    case 'u8':
      return Buffer.of(value.value);
    case 'bool':
      return Buffer.of(value.value ? 1 : 0);
    case 'i32':
    case 'u32':
      return u32(value.value >>> 0);
    case 'f32':
      return f32(value.value);
    case 'u64':
      return u64(value.value);
    case 'string':
      return text(value.value);
    case 'array':
      return Buffer.concat([
        u32(VALUE_TYPES[value.of]),
        u64(value.values.length),
        ...value.values.map(untyped),
      ]);
  }
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.byteLength), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
