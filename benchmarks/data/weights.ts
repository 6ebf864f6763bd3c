import { closeSync, openSync, readSync } from 'node:fs';
import { bf16Weights, safetensorsHeader } from '@cairn/testkit';
import { openFile } from './synced-file.ts';

export const TENSORS = 64;

const BYTES_PER_NUMBER = 2;
const COLUMNS = 1024;

/** Made at once: whole rows, and little memory however large a tensor is. */
const CHUNK = 4 * 1024 ** 2;

/** Bytes of one of the tensors when they are `size` bytes together; `size` is a multiple of 128 KiB. */
export function tensorSize(size: number): number {
  return size / TENSORS;
}

/** Writes a safetensors file of 64 tensors of equal size. */
export function writeWeights(file: string, size: number): void {
  const header = headerFor(size);
  openFile(file, 'w', (write) => {
    write(header, 0);
    for (let index = 0; index < TENSORS; index += 1) {
      const start = header.byteLength + index * tensorSize(size);
      for (const { offset, bytes } of tensorChunks(`first/${index}`, tensorSize(size)))
        write(bytes, start + offset);
    }
  });
}

/** Gives one tensor new numbers, in place. */
export function changeTensor(file: string, size: number, change: { index: number; seed: string }): void {
  const start = headerSize(file) + change.index * tensorSize(size);
  openFile(file, 'r+', (write) => {
    for (const { offset, bytes } of tensorChunks(change.seed, tensorSize(size))) write(bytes, start + offset);
  });
}

function headerFor(size: number): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (let index = 0; index < TENSORS; index += 1) {
    header[`model.layers.${index}.mlp.weight`] = {
      dtype: 'BF16',
      shape: [tensorSize(size) / (BYTES_PER_NUMBER * COLUMNS), COLUMNS],
      data_offsets: [index * tensorSize(size), (index + 1) * tensorSize(size)],
    };
  }
  return safetensorsHeader(JSON.stringify(header));
}

function* tensorChunks(seed: string, size: number): Generator<{ offset: number; bytes: Buffer }> {
  for (let offset = 0; offset < size; offset += CHUNK) {
    const count = Math.min(CHUNK, size - offset) / BYTES_PER_NUMBER;
    yield { offset, bytes: bf16Weights(`${seed}/${offset}`, count) };
  }
}

/** The length that a safetensors file begins with, and what it is the length of. */
function headerSize(file: string): number {
  const length = Buffer.alloc(8);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, length, 0, 8, 0);
  } finally {
    closeSync(descriptor);
  }
  return 8 + Number(length.readBigUInt64LE());
}
