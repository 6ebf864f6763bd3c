import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeRandomFile } from './random.ts';
import { writeWeights } from './weights.ts';

/** A folder with one file, written and synced. */
export interface Dataset {
  /** As it is called in the table. */
  readonly name: string;
  readonly folder: string;
  readonly file: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
}

/** The data that several rows share, made when it is first asked for and never changed. */
export interface Data {
  weights(): Dataset;
  random(): Dataset;
}

export function prepareData(folder: string, size: number): Data {
  const made = new Map<string, Dataset>();
  const once = (name: string, make: () => Dataset) => {
    const dataset = made.get(name) ?? make();
    made.set(name, dataset);
    return dataset;
  };
  return {
    weights: () => once('weights', () => makeWeights(join(folder, 'weights'), size)),
    random: () => once('random', () => makeRandom(join(folder, 'random'), size)),
  };
}

/** A folder with `weights.safetensors`: 64 tensors of bf16 numbers, `size` bytes together. */
export function makeWeights(folder: string, size: number): Dataset {
  return makeDataset('weights', join(folder, 'weights.safetensors'), (file) => writeWeights(file, size));
}

function makeRandom(folder: string, size: number): Dataset {
  return makeDataset('random bytes', join(folder, 'random.bin'), (file) => writeRandomFile(file, size));
}

function makeDataset(name: string, file: string, write: (file: string) => void): Dataset {
  const folder = join(file, '..');
  mkdirSync(folder, { recursive: true });
  write(file);
  return { name, folder, file, size: statSync(file).size, writtenAt: Date.now() };
}
