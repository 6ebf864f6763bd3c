import { Assembly, type ModelFile, type TensorRange, type TensorSpec, tensorBytes } from './model-file.ts';

const SPACE = 0x20;

export interface SafetensorsOptions {
  readonly seed?: string | number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A safetensors file with the tensors in the order given (https://github.com/huggingface/safetensors#format). */
export function safetensorsFile(tensors: readonly TensorSpec[], options: SafetensorsOptions = {}): ModelFile {
  const data = new Assembly();
  const header: Record<string, unknown> = options.metadata ? { __metadata__: options.metadata } : {};
  const ranges = tensors.map((tensor): TensorRange => {
    const bytes = tensorBytes(tensor, options.seed ?? 0);
    const start = data.add(bytes);
    header[tensor.name] = {
      dtype: tensor.dtype,
      shape: tensor.shape,
      data_offsets: [start, start + bytes.byteLength],
    };
    return { name: tensor.name, start, size: bytes.byteLength };
  });
  const opening = safetensorsHeader(JSON.stringify(header));
  return {
    bytes: Buffer.concat([opening, data.bytes()]),
    tensors: ranges.map((range) => ({ ...range, start: opening.byteLength + range.start })),
  };
}

/** The length and the text of a header, filled up with spaces to a multiple of 8. The text is taken as it is. */
export function safetensorsHeader(json: string): Buffer {
  const text = new Assembly();
  text.add(Buffer.from(json));
  text.alignTo(8, SPACE);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.size));
  return Buffer.concat([length, text.bytes()]);
}
