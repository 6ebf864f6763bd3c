import { crc32 } from 'node:zlib';
import { PART_SIZE } from './constants.ts';
import { claim } from './formats/claim.ts';
import { partName } from './names.ts';
import type { Boundary } from './part.ts';
import type { Section } from './sections.ts';

/** Most listed parts of one file: at the size of a part, 1 TiB. A larger file is cut by its content. */
export const BOUNDARIES_MAX = 2 ** 20;

/** A tensor below this, with its padding, shares a part with its neighbours. */
export const SMALL_TENSOR_SIZE = 2 ** 16;

/** A part of small tensors that is cut off a run holds at least this much. */
export const RUN_PART_SIZE_MIN = PART_SIZE / 4;

/**
 * Where the parts of a file begin.
 *
 * - A header, and every tensor that is not small, begins a part and is cut every {@link PART_SIZE} from there on, so
 *   that it has the same parts wherever it lies. What is left at its end is a part as it is.
 * - A run of small tensors that follow each other is a part. One of more than {@link PART_SIZE} is cut between two
 *   tensors: before the name with the lowest CRC-32 among those that begin {@link RUN_PART_SIZE_MIN} to
 *   {@link PART_SIZE} behind the last cut. Names stay when sizes change, so after an early change the same names are
 *   chosen again soon, and behind the next larger tensor in any case.
 *
 * @throws BrokenClaim when there would be more than {@link BOUNDARIES_MAX}
 */
export function boundariesOf(sections: readonly Section[]): Boundary[] {
  const boundaries: Boundary[] = [];
  for (let index = 0; index < sections.length; ) {
    const runEnd = endOfRun(sections, index);
    if (runEnd === index) addCuts(sections[index]!, boundaries);
    else addRun(sections.slice(index, runEnd), boundaries);
    claim(boundaries.length <= BOUNDARIES_MAX, `a file has at most ${BOUNDARIES_MAX} listed parts`);
    index = Math.max(runEnd, index + 1);
  }
  return boundaries;
}

/** The index after the small tensors that begin at `from`; `from` itself when there are none. */
function endOfRun(sections: readonly Section[], from: number): number {
  let index = from;
  while (index < sections.length && isSmall(sections[index]!)) index++;
  return index;
}

function isSmall(section: Section): boolean {
  return section.kind === 'tensor' && section.stop - section.start < SMALL_TENSOR_SIZE;
}

function addCuts(section: Section, boundaries: Boundary[]): void {
  const name = partName(section.name);
  boundaries.push({ start: section.start, name });
  for (let start = section.start + PART_SIZE; start < section.end; start += PART_SIZE) {
    claim(boundaries.length < BOUNDARIES_MAX, `a file has at most ${BOUNDARIES_MAX} listed parts`);
    boundaries.push({ start, name });
  }
}

function addRun(run: readonly Section[], boundaries: Boundary[]): void {
  const end = run.at(-1)!.stop;
  for (let index = 0; ; index = nextInRun(run, index)) {
    const { start, name } = run[index]!;
    boundaries.push({ start, name: partName(name) });
    if (end - start <= PART_SIZE) return;
  }
}

/** There is always one to choose, as small tensors are far smaller than the stretch they are looked for in. */
function nextInRun(run: readonly Section[], from: number): number {
  const { start } = run[from]!;
  let chosen = from;
  let lowest = Number.POSITIVE_INFINITY;
  for (let index = from + 1; index < run.length && run[index]!.start - start <= PART_SIZE; index++) {
    if (run[index]!.start - start < RUN_PART_SIZE_MIN) continue;
    const checksum = crc32(run[index]!.name);
    if (checksum >= lowest) continue;
    chosen = index;
    lowest = checksum;
  }
  return chosen;
}
