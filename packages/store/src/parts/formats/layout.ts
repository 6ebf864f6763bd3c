/** Most tensors or archive entries of one file; the largest known checkpoints have about 100,000 in all shards. */
export const TENSORS_MAX = 2 ** 18;

/** Longest name of a tensor or archive entry, in bytes; GGUF allows 64, ONNX exporters write a few hundred. */
export const TENSOR_NAME_SIZE_MAX = 4096;

/** Most dimensions of a tensor; NumPy has 64, every other format fewer. */
export const DIMENSIONS_MAX = 64;

const FACTS_MAX = 256;
/** Longest key or value of a fact, in characters; longer values are cut, such as a chat template. */
export const FACT_LENGTH_MAX = 1024;

/** The formats whose inside is known. `zip` is an archive that is neither of NumPy nor of PyTorch. */
export type WeightsFormat = 'safetensors' | 'gguf' | 'npz' | 'pytorch' | 'zip' | 'onnx-data';

export interface Tensor {
  /** As the file has it. */
  readonly name: string;
  /** In the format's own words, such as `BF16`, `Q4_K` or `<f4`; `null` where the file does not say. */
  readonly dtype: string | null;
  /** In the file's own order; `null` where the file does not say. */
  readonly shape: readonly number[] | null;
  /** Byte offset in the file. */
  readonly start: number;
  /** In bytes, as stored. */
  readonly size: number;
}

/** What a file of weights says about itself. */
export interface Weights {
  readonly format: WeightsFormat;
  /** What its header says about the whole, such as `general.architecture` in GGUF. */
  readonly facts: ReadonlyMap<string, string>;
  /** In file order. */
  readonly tensors: readonly Tensor[];
}

/** A stretch of the file that belongs together; one without bytes takes no place. */
export interface Span {
  /** `frame` is a header or directory, which never shares a part. */
  readonly kind: 'frame' | 'tensor';
  readonly name: string;
  readonly start: number;
  /** Just past its last byte. */
  readonly end: number;
}

/** What a parser finds: the file in words, and the stretches it is made of in any order. */
export interface Layout {
  readonly weights: Weights;
  readonly spans: readonly Span[];
}

/** A layout of frames and tensors alone. */
export function layoutOf(weights: Weights, frames: readonly Pick<Span, 'start' | 'end'>[]): Layout {
  const spans: Span[] = frames.map(({ start, end }) => ({ kind: 'frame', name: '', start, end }));
  for (const { name, start, size } of weights.tensors) {
    spans.push({ kind: 'tensor', name, start, end: start + size });
  }
  return { weights, spans };
}

/** Notes a fact within the limits; what is too much is left out, as facts are for showing. */
export function addFact(facts: Map<string, string>, key: string, value: string): void {
  const hasRoom = facts.size < FACTS_MAX && key.length <= FACT_LENGTH_MAX;
  if (hasRoom) facts.set(key, value.slice(0, FACT_LENGTH_MAX));
}

export function inFileOrder(tensors: readonly Tensor[]): Tensor[] {
  return tensors.toSorted((a, b) => a.start - b.start || a.size - b.size);
}
