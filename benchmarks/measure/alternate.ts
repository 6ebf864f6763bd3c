import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { formatValue } from '../report/units.ts';
import { removeFolder } from '../work-folder.ts';
import { settle, warm } from './page-cache.ts';
import { type Command, timed } from './process.ts';
import { type Sample, seconds } from './sample.ts';

/** Someone who does the job, and is timed at it. */
export interface Contestant {
  readonly name: string;
  /** A program without which it cannot take part. */
  readonly needs?: string;
  /** Sets the stage, with an empty folder that is removed afterwards, and gives the processes whose time counts. */
  prepare(folder: string, round: number): Promise<Stage> | Stage;
}

export interface Stage {
  /** A file or folder that is read once before, so that all find it in the page cache; `null` when nothing is. */
  readonly source: string | null;
  readonly commands: readonly Command[];
}

/**
 * Times every contestant once, then every one again, and so on: whatever the machine does meanwhile meets all of
 * them. Gives a sample for each, in the same order.
 */
export async function alternate(
  bench: Bench,
  contestants: readonly Contestant[],
  rounds = bench.runs,
): Promise<Sample[]> {
  const times = contestants.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contestant] of contestants.entries()) {
      const time = await timeOnce(bench, contestant, round);
      bench.say(`  ${contestant.name}: ${formatValue('seconds', time)}`);
      times[index]!.push(time);
    }
  }
  return times.map((values) => seconds(...values));
}

async function timeOnce(bench: Bench, contestant: Contestant, round: number): Promise<number> {
  const folder = mkdtempSync(join(bench.folder, 'round-'));
  try {
    const { source, commands } = await contestant.prepare(folder, round);
    if (source !== null) warm(source);
    await settle();
    return await timed(commands);
  } finally {
    removeFolder(folder);
  }
}
