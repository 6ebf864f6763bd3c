import { type ModelFile, type TensorSpec, tensorBytes } from './model-file.ts';
import { zipFile } from './zip.ts';

/** NumPy's words for the dtypes; it has none for bfloat16. */
const DESCRIPTIONS: Readonly<Record<string, string>> = { F16: '<f2', F32: '<f4' };

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
const ALIGNMENT = 64;

/**
 * A NumPy archive as `numpy.savez` or, deflated, `numpy.savez_compressed` writes it. The ranges are those of the
 * entries, headers of the arrays included.
 */
export function npzFile(
  tensors: readonly TensorSpec[],
  options: { readonly seed?: string | number; readonly deflate?: boolean } = {},
): ModelFile {
  const entries = tensors.map((tensor) => {
    const bytes = tensorBytes(tensor, options.seed ?? 0);
    return { name: `${tensor.name}.npy`, bytes: Buffer.concat([npyHeader(tensor), bytes]) };
  });
  return zipFile(entries, { zip64: 'headers', deflate: options.deflate ?? false });
}

/** https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0 */
function npyHeader({ name, dtype, shape }: TensorSpec): Buffer {
  const description = DESCRIPTIONS[dtype];
  if (!description) throw new Error(`${name}: unknown dtype ${dtype}`);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${description}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const size = Math.ceil((MAGIC.length + 2 + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const length = size - MAGIC.length - 2;
  const text = `${dictionary.padEnd(length - 1)}\n`;
  return Buffer.concat([MAGIC, Buffer.of(length % 256, length >> 8), Buffer.from(text, 'latin1')]);
}
