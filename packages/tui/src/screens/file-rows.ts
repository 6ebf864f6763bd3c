import type { FileFacts } from '@cairn/core';
import { formatCount, formatParameters, formatSize } from '@cairn/core/units';
import { EMPTY, type Line, line, span } from '../text/line.ts';

const FORMATS: Readonly<Record<FileFacts['format'], string>> = {
  safetensors: 'safetensors weights',
  gguf: 'GGUF weights',
  npz: 'NumPy arrays',
  pytorch: 'PyTorch archive; its pickle is never opened',
  zip: 'ZIP archive',
  onnx: 'ONNX model',
  text: 'text',
  unknown: 'no format that is known here',
};

/** Facts about the whole of a file: what it is, how many parameters of which types, what its header says. */
export function factLines({ format, tensors, parameters, facts }: FileFacts): Line[] {
  const lines = [line(span('format      ', 'faint'), FORMATS[format])];
  if (tensors.length > 0) {
    const noun = format === 'zip' || format === 'pytorch' ? 'entry' : 'tensor';
    const count =
      noun === 'entry' && tensors.length !== 1
        ? `${tensors.length} entries`
        : formatCount(tensors.length, noun);
    lines.push(line(span('holds       ', 'faint'), count));
  }
  if (parameters !== null) lines.push(line(span('parameters  ', 'faint'), formatParameters(parameters)));
  const types = typesOf(tensors);
  if (types !== '') lines.push(line(span('types       ', 'faint'), types));
  if (facts.length > 0) lines.push(EMPTY);
  return [...lines, ...facts.map(([name, value]) => line(span(`${name}  `, 'faint'), value))];
}

/** `BF16 × 290, F32 × 3`: the most frequent first. */
function typesOf(tensors: FileFacts['tensors']): string {
  const counts = new Map<string, number>();
  for (const { dtype } of tensors) if (dtype !== null) counts.set(dtype, (counts.get(dtype) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([dtype, count]) => `${dtype} × ${count}`)
    .join(', ');
}

/** `BF16 [4096, 4096]`, as far as the header says. */
export function shapeText({ dtype, shape }: FileFacts['tensors'][number]): string {
  return [dtype ?? '', shape === null ? '' : `[${shape.join(', ')}]`].filter(Boolean).join(' ');
}

/** The size of a tensor, where its bytes are in the file. */
export function tensorSize({ size }: FileFacts['tensors'][number]): string {
  return size === null ? 'elsewhere' : formatSize(size);
}
