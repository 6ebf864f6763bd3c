import {
  ggufFile,
  npzFile,
  onnxFiles,
  pseudoRandomBytes,
  pytorchFile,
  safetensorsFile,
  type TensorSpec,
  zipFile,
} from '@cairn/testkit';
import { expect } from 'vitest';
import { createCutter } from '../../src/parts/cutter.ts';
import { partFileName, partsFromNames } from '../../src/parts/names.ts';
import type { PartPlan } from '../../src/parts/part.ts';
import { planOnnxExternal, planParts } from '../../src/parts/plan.ts';

/** A file that is true, and what may be changed in it. */
export interface Example {
  readonly name: string;
  readonly bytes: Buffer;
  /** The plan by these bytes, and how many of them were asked for. */
  plan(bytes: Buffer): { plan: PartPlan | null; read: number; size: number };
}

const TENSORS: readonly TensorSpec[] = [
  { name: 'a', dtype: 'F32', shape: [40] },
  { name: 'b', dtype: 'F16', shape: [20, 30] },
  { name: 'c', dtype: 'F32', shape: [3] },
];
const METADATA = {
  'general.architecture': { type: 'string', value: 'llama' },
  list: { type: 'array', of: 'string', values: [{ type: 'string', value: 'x' }] },
  'general.alignment': { type: 'u32', value: 32 },
} as const;

export function examples(): Example[] {
  const { model, data } = onnxFiles(TENSORS);
  const entries = TENSORS.map(({ name }) => ({ name, bytes: pseudoRandomBytes(name, 100) }));
  return [
    fileExample('safetensors', safetensorsFile(TENSORS, { metadata: { a: 'b' } }).bytes),
    fileExample('GGUF', ggufFile(TENSORS, { metadata: METADATA }).bytes),
    fileExample('npz', npzFile(TENSORS).bytes),
    fileExample('PyTorch', pytorchFile(TENSORS).bytes),
    fileExample('ZIP64', zipFile(entries, { zip64: 'everything' }).bytes),
    {
      name: 'ONNX',
      bytes: model,
      plan: (bytes) => ({
        plan: planOnnxExternal(bytes, 'model.onnx.data', data.length),
        read: bytes.length,
        size: data.length,
      }),
    },
  ];
}

function fileExample(name: string, bytes: Buffer): Example {
  return {
    name,
    bytes,
    plan: (changed) => {
      let read = 0;
      const plan = planParts((offset, length) => {
        expect(Number.isSafeInteger(offset) && offset >= 0 && length >= 0).toBe(true);
        expect(offset + length).toBeLessThanOrEqual(Math.max(changed.length, 9));
        read += length;
        return changed.subarray(offset, offset + length);
      }, changed.length);
      return { plan, read, size: changed.length };
    },
  };
}

/** Changes the example as the round says, and holds the plan to what every plan has to be. */
export function expectBounded(example: Example, round: number): void {
  const { plan, read, size } = example.plan(mutated(example.bytes, `${example.name}/${round}`));
  expect(read).toBeLessThanOrEqual(20 * example.bytes.length);
  if (plan?.kind !== 'listed') return;
  expect(plan.boundaries.length).toBeLessThanOrEqual(size);
  const cutter = createCutter(plan);
  const parts = [...cutter.push(Buffer.alloc(size)), ...cutter.end()];
  expect(partsFromNames(parts.map(partFileName), size)).toEqual(parts);
}

const INTERESTING = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0xffffn,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 60n,
  2n ** 64n - 1n,
];

/** One to four changes: a byte, a number, a stretch taken out or doubled, the end cut off. */
function mutated(bytes: Buffer, seed: string): Buffer {
  const random = pseudoRandomBytes(seed, 64);
  let changed = Buffer.from(bytes);
  for (let step = 0; step <= random[0]! % 4; step++) {
    const from = 1 + step * 12;
    const place = random.readUInt32LE(from) % Math.max(1, changed.length);
    changed = MUTATIONS[random[from + 4]! % MUTATIONS.length]!(changed, place, random.readUInt32LE(from + 5));
  }
  return changed;
}

type Mutation = (bytes: Buffer, place: number, random: number) => Buffer<ArrayBuffer>;

const MUTATIONS: readonly Mutation[] = [
  (bytes, place, random) => replaced(bytes, place, Buffer.of(random % 256)),
  (bytes, place, random) => replaced(bytes, place, Buffer.of((bytes[place] ?? 0) ^ (1 << (random % 8)))),
  (bytes, place, random) => replaced(bytes, place, number(INTERESTING[random % INTERESTING.length]!, 4)),
  (bytes, place, random) => replaced(bytes, place, number(INTERESTING[random % INTERESTING.length]!, 8)),
  (bytes, place, random) => replaced(bytes, place, Buffer.from('"{[,]}:9'.charAt(random % 8))),
  (bytes, place, random) => Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + (random % 16))]),
  (bytes, place, random) => Buffer.concat([bytes.subarray(0, place + (random % 64)), bytes.subarray(place)]),
  (bytes, place) => Buffer.from(bytes.subarray(0, place)),
];

function replaced(bytes: Buffer, place: number, by: Buffer): Buffer<ArrayBuffer> {
  const copy = Buffer.from(bytes);
  by.copy(copy, place);
  return copy;
}

function number(value: bigint, size: 4 | 8): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes.subarray(0, size);
}
