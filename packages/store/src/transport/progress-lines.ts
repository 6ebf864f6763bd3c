import type { TransferProgress } from './transfer.ts';

/** One step of Git's progress, as it writes it to a terminal. */
export interface ProgressLine {
  readonly phase: TransferProgress['phase'];
  readonly done: number;
  readonly total: number | null;
  /** Bytes that went over the wire, where it says. */
  readonly bytes: number | null;
}

/**
 * Reads a line such as `Receiving objects:  45% (450/1000), 12.00 MiB | 5.00 MiB/s`; null for any other. What the remote
 * does on its own side comes before bytes flow.
 */
export function parseProgressLine(line: string): ProgressLine | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, remote, title = '', , done, total, single, amount, unit] = match;
  const phase = remote === undefined ? PHASES[title] : 'negotiating';
  if (phase === undefined) return null;
  return {
    phase,
    done: Number(done ?? single ?? 0),
    total: total === undefined ? null : Number(total),
    bytes: amount === undefined ? null : Math.round(Number(amount) * UNITS[unit ?? 'bytes']!),
  };
}

const LINE =
  /^(remote: )?([A-Z][A-Za-z ]+): +(?:(\d+)% \((\d+)\/(\d+)\)|(\d+))(?:, ([\d.]+) (bytes|KiB|MiB|GiB|TiB))?/;

const PHASES: Readonly<Record<string, TransferProgress['phase']>> = {
  'Enumerating objects': 'negotiating',
  'Counting objects': 'negotiating',
  'Compressing objects': 'negotiating',
  'Writing objects': 'sending',
  'Receiving objects': 'receiving',
  'Resolving deltas': 'checking',
  'Checking connectivity': 'checking',
  'Checking objects': 'checking',
};

const UNITS: Readonly<Record<string, number>> = {
  bytes: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
