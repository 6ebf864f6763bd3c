import { StoreError } from '../errors.ts';
import { PART_SIZE_MAX } from './constants.ts';
import { ContentDefinedRule } from './content-defined.ts';
import type { Boundary, Part, PartPlan } from './part.ts';

/** Cuts a stream into parts. It keeps positions and no bytes: whoever pushes bytes holds those of the open part. */
export interface Cutter {
  /**
   * The parts that these bytes complete, in file order; the last of a file comes from {@link end} alone when nothing
   * in its bytes says that it is over. However a file is sliced into pushes, its parts are the same.
   *
   * @throws StoreError `changed` when the file goes on beyond what a listed plan can hold
   */
  push(bytes: Uint8Array): Part[];
  /**
   * The part that was still open, if any. To be called once, after the last byte.
   *
   * @throws StoreError `changed` when the file ended before a boundary of a listed plan
   */
  end(): Part[];
}

/**
 * A cutter for one file.
 *
 * @throws StoreError `invalid` for a plan whose boundaries or size are out of bounds
 */
export function createCutter(plan: PartPlan): Cutter {
  return new PlanCutter(ruleOf(plan));
}

/** Knows where the part at hand ends. */
interface Rule {
  /** The name of the part at hand. */
  readonly name: string;
  /** The index in `bytes` just past the part at hand, after which the next one is at hand; -1 when it goes on. */
  cut(bytes: Uint8Array, from: number): number;
  /** Called at the end of the file, with its size. */
  finish?(size: number): void;
}

function ruleOf(plan: PartPlan): Rule {
  switch (plan.kind) {
    case 'listed':
      return new ListedRule(plan.boundaries);
    case 'content-defined':
      return new ContentDefinedRule();
    case 'fixed':
      return new FixedRule(plan.size);
  }
}

class PlanCutter implements Cutter {
  readonly #rule: Rule;
  #start = 0;
  #position = 0;

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  push(bytes: Uint8Array): Part[] {
    const parts: Part[] = [];
    const offset = this.#position;
    let from = 0;
    while (from < bytes.length) {
      const name = this.#rule.name;
      const cut = this.#rule.cut(bytes, from);
      from = cut < 0 ? bytes.length : cut;
      this.#position = offset + from;
      if (cut >= 0) parts.push(this.#take(name));
    }
    return parts;
  }

  end(): Part[] {
    this.#rule.finish?.(this.#position);
    return this.#position > this.#start ? [this.#take(this.#rule.name)] : [];
  }

  #take(name: string): Part {
    const part = { start: this.#start, size: this.#position - this.#start, name };
    this.#start = this.#position;
    return part;
  }
}

class FixedRule implements Rule {
  readonly name = '';
  readonly #size: number;
  #length = 0;

  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1 || size > PART_SIZE_MAX) {
      throw new StoreError('invalid', `part size: expected 1 to ${PART_SIZE_MAX} bytes, got ${size}`);
    }
    this.#size = size;
  }

  cut(bytes: Uint8Array, from: number): number {
    const end = from + this.#size - this.#length;
    this.#length = end <= bytes.length ? 0 : this.#length + bytes.length - from;
    return end <= bytes.length ? end : -1;
  }
}

class ListedRule implements Rule {
  readonly #boundaries: readonly Boundary[];
  #index = 0;
  #position = 0;

  constructor(boundaries: readonly Boundary[]) {
    checkBoundaries(boundaries);
    this.#boundaries = boundaries;
  }

  get name(): string {
    return this.#boundaries[this.#index]!.name;
  }

  cut(bytes: Uint8Array, from: number): number {
    const next = this.#boundaries[this.#index + 1]?.start;
    const left = bytes.length - from;
    if (next !== undefined && next - this.#position <= left) {
      const end = from + next - this.#position;
      this.#position = next;
      this.#index++;
      return end;
    }
    this.#position += left;
    if (this.#position - this.#boundaries[this.#index]!.start > PART_SIZE_MAX) throw changed(this.#position);
    return -1;
  }

  finish(size: number): void {
    if (size <= this.#boundaries.at(-1)!.start) throw changed(size);
  }
}

function checkBoundaries(boundaries: readonly Boundary[]): void {
  if (boundaries[0]?.start !== 0) {
    throw new StoreError(
      'invalid',
      `boundaries of parts: expected the first at 0, got ${boundaries[0]?.start}`,
    );
  }
  for (let index = 1; index < boundaries.length; index++) {
    const start = boundaries[index]!.start;
    const size = start - boundaries[index - 1]!.start;
    if (!Number.isInteger(start) || size < 1 || size > PART_SIZE_MAX) {
      throw new StoreError('invalid', `boundary ${index} at ${start}: a part before it of ${size} bytes`);
    }
  }
}

function changed(size: number): StoreError {
  return new StoreError('changed', `file does not end where its header said, but at ${size} bytes or later`, {
    hint: 'it was written to while it was read: try again once the writer is done',
  });
}
