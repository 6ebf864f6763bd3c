import { bf16Weights, f32Weights, pseudoRandomBytes } from './pseudo-random.ts';

/** A tensor to be put into a model file. */
export interface TensorSpec {
  readonly name: string;
  /** `BF16`, `F16`, `F32`, or another word of the format for which `bytes` are given. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Its content; made from the seed and the name when left out, so that it stays the same whatever is beside it. */
  readonly bytes?: Uint8Array;
}

/** Where a tensor lies in a built file, in bytes. */
export interface TensorRange {
  readonly name: string;
  readonly start: number;
  readonly size: number;
}

/** A model file, and where its tensors are. */
export interface ModelFile {
  readonly bytes: Buffer;
  readonly tensors: readonly TensorRange[];
}

/** The content of a tensor: what was given, or made from the seed. */
export function tensorBytes(tensor: TensorSpec, seed: string | number): Uint8Array {
  if (tensor.bytes) return tensor.bytes;
  const count = tensor.shape.reduce((product, dimension) => product * dimension, 1);
  const own = `${seed}/${tensor.name}`;
  switch (tensor.dtype) {
    case 'BF16':
      return bf16Weights(own, count);
    case 'F32':
      return f32Weights(own, count);
    case 'F16':
      return pseudoRandomBytes(own, count * 2);
    default:
      throw new Error(`${tensor.name}: give the bytes of dtype ${tensor.dtype}`);
  }
}

/** Puts pieces one behind the other, and knows how far it has come. */
export class Assembly {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a piece and gives the offset it begins at. */
  add(piece: Uint8Array): number {
    const start = this.#size;
    this.#pieces.push(piece);
    this.#size += piece.byteLength;
    return start;
  }

  /** Adds as many bytes as are missing to a multiple of `alignment`. */
  alignTo(alignment: number, filler = 0): void {
    const missing = (alignment - (this.#size % alignment)) % alignment;
    this.add(Buffer.alloc(missing, filler));
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pieces, this.#size);
  }
}
