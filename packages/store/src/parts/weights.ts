import { FILE_SIZE_MAX } from './constants.ts';
import { orNull } from './formats/claim.ts';
import { parseGguf } from './formats/gguf.ts';
import type { Layout, Weights } from './formats/layout.ts';
import { onnxDataLayout } from './formats/onnx.ts';
import { parseSafetensors } from './formats/safetensors.ts';
import { parseZip } from './formats/zip.ts';
import type { HeadReader } from './part.ts';
import { type Section, sectionsOf } from './sections.ts';

/** A file of weights whose header is true: what it says, and what it is made of from 0 to its end. */
export interface ReadWeights {
  readonly weights: Weights;
  readonly sections: readonly Section[];
}

/**
 * What a file of weights says about itself: safetensors, GGUF, `.npz`, PyTorch or another ZIP archive, recognized by
 * its bytes and never by its name. Only headers are read.
 *
 * @param size of the file, in bytes
 * @returns `null` for any other file, and for one whose header lies
 */
export function describeWeights(head: HeadReader, size: number): Weights | null {
  return readWeights(head, size)?.weights ?? null;
}

/** {@link describeWeights} with the stretches that parts are made of. */
export function readWeights(head: HeadReader, size: number): ReadWeights | null {
  if (size > FILE_SIZE_MAX) return null;
  return orNull(() =>
    checked(parseZip(head, size) ?? parseGguf(head, size) ?? parseSafetensors(head, size), size),
  );
}

/** The same for the data file of an ONNX model, which says nothing by itself. */
export function readOnnxData(onnxBytes: Uint8Array, location: string, size: number): ReadWeights | null {
  if (size > FILE_SIZE_MAX) return null;
  return orNull(() => checked(onnxDataLayout(onnxBytes, location, size), size));
}

function checked(layout: Layout | null, size: number): ReadWeights | null {
  return layout && { weights: layout.weights, sections: sectionsOf(layout.spans, size) };
}
