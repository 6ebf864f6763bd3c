import { boundariesOf } from './boundaries.ts';
import { orNull } from './formats/claim.ts';
import type { HeadReader, PartPlan } from './part.ts';
import { type ReadWeights, readOnnxData, readWeights } from './weights.ts';

/**
 * How a file is to be cut, from its bytes alone: at its tensors where it is a file of weights whose header is true,
 * by its content otherwise. A header that lies leads to no exception.
 *
 * @param size of the file, in bytes
 */
export function planParts(head: HeadReader, size: number): PartPlan {
  return listed(readWeights(head, size)) ?? { kind: 'content-defined' };
}

/**
 * How the data file of an ONNX model is to be cut.
 *
 * @param onnxBytes the whole `.onnx` file
 * @param location path of the data file, relative to the folder of the model
 * @param size of the data file, in bytes
 * @returns `null` when the model keeps nothing in that file, or is not true about it
 */
export function planOnnxExternal(onnxBytes: Uint8Array, location: string, size: number): PartPlan | null {
  return listed(readOnnxData(onnxBytes, location, size));
}

function listed(read: ReadWeights | null): PartPlan | null {
  if (!read) return null;
  return orNull(() => ({ kind: 'listed', boundaries: boundariesOf(read.sections) }));
}
