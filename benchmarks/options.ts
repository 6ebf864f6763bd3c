import { parseArgs } from 'node:util';

export interface Options {
  /** Bytes of the weights and of the random file; counts of files, models and versions follow it. */
  readonly size: number;
  /** Timed runs of everything; the median counts. */
  readonly runs: number;
  /** Names of the rows to measure, or `null` for all. */
  readonly only: readonly string[] | null;
  /** Where to make the work folder, or `null` for a place on the disk of the checkout. */
  readonly folder: string | null;
  /** Whether to write the table into `docs/performance.md`. */
  readonly write: boolean;
}

/** The command line cannot be understood; the message says why. */
export class UsageError extends Error {}

export const USAGE = `npm run bench -- [--size 1GiB] [--runs 3] [--only <row,...>] [--folder DIR] [--write]
`;

/** Reads the command line. Throws a {@link UsageError}. */
export function parseOptions(args: readonly string[], rowNames: readonly string[]): Options {
  const values = parseFlags(args);
  const only = values.only?.split(',') ?? null;
  for (const name of only ?? []) {
    if (!rowNames.includes(name)) throw new UsageError(`no row ${name}: there are ${rowNames.join(', ')}`);
  }
  if (only && values.write) throw new UsageError('--write needs all rows: they belong to one run');
  return {
    size: parseSize(values.size),
    runs: parseRuns(values.runs),
    only,
    folder: values.folder ?? null,
    write: values.write,
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        size: { type: 'string', default: '1GiB' },
        runs: { type: 'string', default: '3' },
        only: { type: 'string' },
        folder: { type: 'string' },
        write: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const SIZE_MIN = 8 * 1024 ** 2;
const SIZE_MAX = 64 * 1024 ** 3;

function parseSize(text: string): number {
  const [, count, unit] = /^(\d{1,6})(MiB|GiB)$/.exec(text) ?? [];
  const size = Number(count) * (unit === 'GiB' ? 1024 ** 3 : 1024 ** 2);
  if (!(size >= SIZE_MIN && size <= SIZE_MAX)) {
    throw new UsageError(`--size ${text}: expected a number and MiB or GiB, 8MiB to 64GiB`);
  }
  return size;
}

const RUNS_MAX = 100;

function parseRuns(text: string): number {
  const runs = Number(text);
  if (!Number.isInteger(runs) || runs < 1 || runs > RUNS_MAX) {
    throw new UsageError(`--runs ${text}: expected a whole number from 1 to ${RUNS_MAX}`);
  }
  return runs;
}
