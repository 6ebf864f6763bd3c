import { createHash } from 'node:crypto';
import { createCutter } from '../../src/parts/cutter.ts';
import type { HeadReader, Part, PartPlan } from '../../src/parts/part.ts';
import { planParts } from '../../src/parts/plan.ts';

/** A part, and the SHA-256 of its bytes in place of the object id that the store would give it. */
export interface CutPart extends Part {
  readonly digest: string;
}

export function headOf(bytes: Buffer): HeadReader {
  return (offset, length) => bytes.subarray(offset, offset + length);
}

/** The parts of a file by a plan, or by its own. */
export function cut(bytes: Buffer, plan: PartPlan = planParts(headOf(bytes), bytes.length)): CutPart[] {
  const cutter = createCutter(plan);
  return [...cutter.push(bytes), ...cutter.end()].map((part) => ({
    ...part,
    digest: createHash('sha256')
      .update(bytes.subarray(part.start, part.start + part.size))
      .digest('hex'),
  }));
}

/** Those parts of `after` whose bytes are in no part of `before`: what would have to be stored. */
export function newParts(before: readonly CutPart[], after: readonly CutPart[]): CutPart[] {
  const known = new Set(before.map((part) => part.digest));
  return after.filter((part) => !known.has(part.digest));
}

/** One digest over all boundaries and names, to hold the format to what it was. */
export function goldenDigest(parts: readonly Part[]): string {
  const lines = parts.map(({ start, size, name }) => `${start} ${size} ${name}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}
