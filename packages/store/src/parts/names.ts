import { StoreError } from '../errors.ts';
import { FILE_SIZE_MAX, PART_SIZE_MAX } from './constants.ts';
import type { Part } from './part.ts';

/** Longest name inside the name of a part file; with the offset before it the whole has 93 characters at most. */
export const PART_NAME_LENGTH_MAX = 80;

/** Of a longer name, the beginning and the end are kept: tensors of one layer differ in their last word. */
const NAME_BEGINNING_LENGTH = 24;
const NAME_JOIN = '__';

const OFFSET_DIGITS = 12;
const PART_FILE_NAME = /^([0-9a-f]{12})(?:-([A-Za-z0-9_-](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9_-])?))?$/;

/**
 * The name of a tensor or archive entry as part file names hold it: of `A-Z a-z 0-9 . _ -`, at most
 * {@link PART_NAME_LENGTH_MAX}, with neither a dot first nor last; any other character becomes `_`.
 */
export function partName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/gu, '_');
  const tail = PART_NAME_LENGTH_MAX - NAME_BEGINNING_LENGTH - NAME_JOIN.length;
  const short =
    plain.length <= PART_NAME_LENGTH_MAX
      ? plain
      : plain.slice(0, NAME_BEGINNING_LENGTH) + NAME_JOIN + plain.slice(-tail);
  return short.replace(/^\.+|\.+$/g, (dots) => '_'.repeat(dots.length));
}

/**
 * The name of a part's file: its offset in 12 hex digits, so that name order is file order, then its name if it has
 * one. The digits before it keep any name clear of what Git and Windows reserve, such as `.git` or `con`.
 *
 * @throws StoreError `invalid` for an offset or name outside their grammar
 */
export function partFileName(part: Pick<Part, 'start' | 'name'>): string {
  const offset = part.start.toString(16).padStart(OFFSET_DIGITS, '0');
  const fileName = part.name === '' ? offset : `${offset}-${part.name}`;
  if (!Number.isInteger(part.start) || part.start > FILE_SIZE_MAX || !PART_FILE_NAME.test(fileName)) {
    throw new StoreError('invalid', `not a part: offset ${part.start}, name ${JSON.stringify(part.name)}`);
  }
  return fileName;
}

/** The inverse of {@link partFileName}; `null` for anything it does not produce. */
export function parsePartFileName(fileName: string): Pick<Part, 'start' | 'name'> | null {
  const match = PART_FILE_NAME.exec(fileName);
  return match && { start: Number.parseInt(match[1]!, 16), name: match[2] ?? '' };
}

/**
 * The parts of a file from the names in its parts folder, in the order of the folder.
 *
 * @param fileSize what the version says, in bytes: the last part ends there
 * @throws StoreError `damaged` when a name is none of a part, or the parts do not fill the file from 0 to its end in
 *   pieces of at most {@link PART_SIZE_MAX}
 */
export function partsFromNames(fileNames: readonly string[], fileSize: number): Part[] {
  const starts = fileNames.map((fileName) => {
    const part = parsePartFileName(fileName);
    if (!part) throw damaged(`expected names of an offset and a tensor, got ${JSON.stringify(fileName)}`);
    return part;
  });
  if (starts[0]?.start !== 0) throw damaged(`expected the first at 0, got ${starts[0]?.start ?? 'none'}`);
  return starts.map(({ start, name }, index) => {
    const size = (starts[index + 1]?.start ?? fileSize) - start;
    if (size < 1 || size > PART_SIZE_MAX) {
      throw damaged(`expected 1 to ${PART_SIZE_MAX} bytes in ${fileNames[index]}, got ${size}`);
    }
    return { start, size, name };
  });
}

function damaged(reason: string): StoreError {
  return new StoreError('damaged', `parts of a file: ${reason}`);
}
