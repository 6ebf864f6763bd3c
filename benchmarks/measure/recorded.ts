import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cairn } from '../cairn.ts';
import { ROOT } from '../root.ts';
import { run } from './process.ts';

/** What a process used in its life. */
export interface Usage {
  /** Bytes of memory, at the highest. */
  readonly peakMemory: number;
  /** User and system time of all its threads. */
  readonly processorSeconds: number;
  /** Bytes asked of the system by reading, whether from the disk or its cache; `null` where no one counts them. */
  readonly bytesRead: number | null;
}

const RECORDER = join(ROOT, 'benchmarks', 'children', 'recorder.cjs');

/** Runs `cairn` with a recorder inside. Its time is not taken here: that is for runs without one. */
export async function recorded(folder: string, registry: string, args: readonly string[]): Promise<Usage> {
  const record = join(folder, 'record.json');
  const command = cairn(registry, ...args);
  await run({
    ...command,
    args: ['--require', RECORDER, ...command.args],
    variables: { ...command.variables, CAIRN_BENCH_RECORD: record },
  });
  return JSON.parse(readFileSync(record, 'utf8')) as Usage;
}
