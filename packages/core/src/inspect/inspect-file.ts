import { type ByteSource, describeWeights, type Weights } from '@cairn/store';
import { atBorder } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { type OpenFileOptions, openFile } from '../versions/read.ts';
import type { ReferenceInput } from '../versions/show.ts';
import { parseHead } from './head-reading.ts';
import { parseOnnxModel } from './onnx-model.ts';
import { TEXT_BEGINNING_SIZE, textBeginning } from './text-beginning.ts';

export type FileFormat = 'safetensors' | 'gguf' | 'npz' | 'pytorch' | 'zip' | 'onnx' | 'text' | 'unknown';

/** A tensor, or an entry of an archive. */
export interface TensorFacts {
  readonly name: string;
  /** In the format's own words; `null` where the header does not say. */
  readonly dtype: string | null;
  readonly shape: readonly number[] | null;
  /** Bytes as stored; `null` when they lie in another file. */
  readonly size: number | null;
}

/** What the bytes of a file tell about it. Nothing is executed for that, and no pickle is opened. */
export interface FileFacts {
  readonly format: FileFormat;
  /** Bytes. */
  readonly size: number;
  /** What its header says about the whole, in its order. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** In file order. */
  readonly tensors: readonly TensorFacts[];
  /** Elements of all tensors whose shape is known; `null` when none is. */
  readonly parameters: number | null;
  /** The beginning of a text; `null` for anything else. */
  readonly text: string | null;
}

/**
 * Looks at the header of a file of a version: safetensors, GGUF, NumPy and PyTorch archives, ONNX, or text. The format
 * is recognized by the bytes; one whose header lies is `unknown`. Reads headers alone, and the beginning of a text; in a
 * lazy clone that lacks them, throws `not-found` and fetches nothing.
 */
export function inspectFile(
  registry: Registry,
  reference: ReferenceInput,
  options: Omit<OpenFileOptions, 'fetch'> = {},
): Promise<FileFacts> {
  return atBorder(async () => {
    using file = await openFile(registry, reference, { ...options, fetch: false });
    return await inspectSource(file, options.signal);
  });
}

/** The same for any file that can be read at any place. */
export async function inspectSource(source: ByteSource, signal?: AbortSignal): Promise<FileFacts> {
  const nothing: FileFacts = {
    format: 'unknown',
    size: source.size,
    facts: [],
    tensors: [],
    parameters: null,
    text: null,
  };
  const weights = await parseHead(source, (head) => describeWeights(head, source.size), signal);
  if (weights) return { ...nothing, ...described(weights) };
  const text = textBeginning(await source.read(0, TEXT_BEGINNING_SIZE));
  if (text !== null) return { ...nothing, format: 'text', text };
  const model = await parseHead(source, (head) => parseOnnxModel(head, source.size), signal);
  if (model === null) return nothing;
  const { facts, tensors } = model;
  return { ...nothing, format: 'onnx', facts: [...facts], tensors, parameters: parametersOf(tensors) };
}

function described({
  format,
  facts,
  tensors,
}: Weights): Pick<FileFacts, 'format' | 'facts' | 'tensors' | 'parameters'> {
  return {
    format: format === 'onnx-data' ? 'unknown' : format,
    facts: [...facts],
    tensors: tensors.map(({ name, dtype, shape, size }) => ({ name, dtype, shape, size })),
    parameters: parametersOf(tensors),
  };
}

function parametersOf(tensors: readonly { readonly shape: readonly number[] | null }[]): number | null {
  const shapes = tensors.flatMap(({ shape }) => (shape === null ? [] : [shape]));
  if (shapes.length === 0) return null;
  return shapes.reduce((sum, shape) => sum + shape.reduce((product, dimension) => product * dimension, 1), 0);
}
