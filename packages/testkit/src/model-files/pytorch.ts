import { type ModelFile, type TensorSpec, tensorBytes } from './model-file.ts';
import { zipFile } from './zip.ts';

const ALIGNMENT = 64;

export interface PytorchOptions {
  readonly seed?: string | number;
  /** Stands for the pickle, whose size moves everything behind it; it is none that PyTorch could load. */
  readonly pickle?: Uint8Array;
}

/**
 * A ZIP archive laid out as `torch.save` lays it out: `archive/data.pkl` first, then each tensor's storage as
 * `archive/data/<number>`, stored, its data aligned to 64 bytes, with descriptors behind it and ZIP64 records at the
 * end. The ranges are those of all entries.
 */
export function pytorchFile(tensors: readonly TensorSpec[], options: PytorchOptions = {}): ModelFile {
  const storages = tensors.map((tensor, index) => ({
    name: `archive/data/${index}`,
    bytes: tensorBytes(tensor, options.seed ?? 0),
  }));
  const entries = [
    { name: 'archive/data.pkl', bytes: options.pickle ?? Buffer.from('\x80\x02}.', 'latin1') },
    { name: 'archive/byteorder', bytes: Buffer.from('little') },
    ...storages,
    { name: 'archive/version', bytes: Buffer.from('3\n') },
  ];
  return zipFile(entries, { alignment: ALIGNMENT, descriptors: true, zip64: 'headers' });
}
