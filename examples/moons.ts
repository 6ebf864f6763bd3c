import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A small real model: a network of two inputs, one hidden layer and one output that learns to tell two
 * interleaved half circles apart. It is trained here, in a fraction of a second, and the same everywhere.
 */

const HIDDEN = 16;
const SAMPLES = 400;
const LEARNING_RATE = 0.5;

export interface Trained {
  readonly epochs: number;
  /** Mean cross-entropy on the training points. */
  readonly loss: number;
  /** Share of fresh points that are told apart rightly, 0 to 1. */
  readonly accuracy: number;
}

interface Weights {
  readonly 'hidden.weight': Float32Array;
  readonly 'hidden.bias': Float32Array;
  readonly 'output.weight': Float32Array;
  readonly 'output.bias': Float32Array;
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly label: 0 | 1;
}

/** Trains for some epochs and writes `model.safetensors`, `config.json` and `README.md` into a folder. */
export function trainMoons(folder: string, epochs: number): Trained {
  const random = mulberry32(7);
  const points = moons(random, SAMPLES);
  const weights = initialWeights(random);
  let loss = 0;
  for (let epoch = 0; epoch < epochs; epoch += 1) loss = trainOnce(weights, points);
  const trained = {
    epochs,
    loss: rounded(loss),
    accuracy: rounded(accuracyOn(weights, moons(random, SAMPLES))),
  };
  writeModel(folder, weights, trained);
  return trained;
}

function trainOnce(weights: Weights, points: readonly Point[]): number {
  const gradients = zeroWeights();
  let loss = 0;
  for (const point of points) {
    const { hidden, output } = forward(weights, point);
    loss -= Math.log(Math.max(1e-12, point.label === 1 ? output : 1 - output));
    backward(weights, gradients, { point, hidden, error: output - point.label });
  }
  for (const name of Object.keys(weights) as (keyof Weights)[]) {
    for (let i = 0; i < weights[name].length; i += 1) {
      weights[name][i]! -= (LEARNING_RATE * gradients[name][i]!) / points.length;
    }
  }
  return loss / points.length;
}

function forward(weights: Weights, { x, y }: Point): { hidden: Float64Array; output: number } {
  const hidden = new Float64Array(HIDDEN);
  let sum = weights['output.bias'][0]!;
  for (let unit = 0; unit < HIDDEN; unit += 1) {
    const into = weights['hidden.weight'];
    hidden[unit] = Math.tanh(into[2 * unit]! * x + into[2 * unit + 1]! * y + weights['hidden.bias'][unit]!);
    sum += weights['output.weight'][unit]! * hidden[unit]!;
  }
  return { hidden, output: 1 / (1 + Math.exp(-sum)) };
}

interface Step {
  readonly point: Point;
  readonly hidden: Float64Array;
  readonly error: number;
}

function backward(weights: Weights, gradients: Weights, { point, hidden, error }: Step): void {
  gradients['output.bias'][0]! += error;
  for (let unit = 0; unit < HIDDEN; unit += 1) {
    gradients['output.weight'][unit]! += error * hidden[unit]!;
    const inner = error * weights['output.weight'][unit]! * (1 - hidden[unit]! ** 2);
    gradients['hidden.weight'][2 * unit]! += inner * point.x;
    gradients['hidden.weight'][2 * unit + 1]! += inner * point.y;
    gradients['hidden.bias'][unit]! += inner;
  }
}

function accuracyOn(weights: Weights, points: readonly Point[]): number {
  const right = points.filter((point) => Math.round(forward(weights, point).output) === point.label);
  return right.length / points.length;
}

function moons(random: () => number, count: number): Point[] {
  return Array.from({ length: count }, (_, index) => {
    const label = (index % 2) as 0 | 1;
    const angle = Math.PI * random();
    const noise = () => 0.2 * (random() - 0.5);
    const x = label === 0 ? Math.cos(angle) : 1 - Math.cos(angle);
    const y = label === 0 ? Math.sin(angle) : 0.5 - Math.sin(angle);
    return { x: x + noise(), y: y + noise(), label };
  });
}

function zeroWeights(): Weights {
  return {
    'hidden.weight': new Float32Array(2 * HIDDEN),
    'hidden.bias': new Float32Array(HIDDEN),
    'output.weight': new Float32Array(HIDDEN),
    'output.bias': new Float32Array(1),
  };
}

function initialWeights(random: () => number): Weights {
  const weights = zeroWeights();
  for (const values of [weights['hidden.weight'], weights['output.weight']]) {
    for (let i = 0; i < values.length; i += 1) values[i] = 2 * random() - 1;
  }
  return weights;
}

function writeModel(folder: string, weights: Weights, trained: Trained): void {
  mkdirSync(folder, { recursive: true });
  const config = {
    architecture: 'mlp',
    inputs: 2,
    hidden: HIDDEN,
    outputs: 1,
    activation: 'tanh',
    ...trained,
  };
  writeFileSync(join(folder, 'model.safetensors'), safetensors(weights));
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  writeFileSync(join(folder, 'README.md'), card(trained));
}

/** The safetensors format: length of the header, the header as JSON, then the values one tensor after another. */
function safetensors(weights: Weights): Buffer {
  const shapes = {
    'hidden.weight': [HIDDEN, 2],
    'hidden.bias': [HIDDEN],
    'output.weight': [1, HIDDEN],
    'output.bias': [1],
  };
  const header: Record<string, unknown> = {};
  const data: Buffer[] = [];
  let offset = 0;
  for (const name of Object.keys(shapes) as (keyof Weights)[]) {
    const bytes = Buffer.from(weights[name].buffer);
    header[name] = { dtype: 'F32', shape: shapes[name], data_offsets: [offset, offset + bytes.byteLength] };
    data.push(bytes);
    offset += bytes.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.byteLength % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.byteLength));
  return Buffer.concat([length, padded, ...data]);
}

function card({ epochs, accuracy }: Trained): string {
  return `# Two moons

A network of ${HIDDEN} hidden units that tells two interleaved half circles apart, trained for ${epochs} epochs.
It is right for ${(100 * accuracy).toFixed(1)} % of points that it has not seen.
`;
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}

/** A small generator of pseudo-random numbers from 0 to 1, the same on every machine. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
