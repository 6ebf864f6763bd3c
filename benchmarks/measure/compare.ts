import type { Bench } from '../bench.ts';
import type { Limits, Line } from '../report/line.ts';
import { alternate, type Contestant } from './alternate.ts';
import { isInstalled } from './process.ts';

/** Someone to be compared with, and how the comparison should turn out. */
export interface Rival {
  readonly contestant: Contestant;
  readonly limits?: Limits;
}

/** Times Cairn and its rivals in turn and gives a line for each rival that is there, or one when none is. */
export async function compare(
  bench: Bench,
  cairn: { readonly what: string; readonly contestant: Contestant },
  rivals: readonly Rival[],
): Promise<Line[]> {
  bench.say(cairn.what);
  const present = rivals.filter(({ contestant }) => isPresent(bench, contestant));
  const [measured, ...others] = await alternate(bench, [
    cairn.contestant,
    ...present.map(({ contestant }) => contestant),
  ]);
  if (present.length === 0) return [{ what: cairn.what, measured: measured! }];
  return present.map(({ contestant, limits }, index) => ({
    what: cairn.what,
    measured: measured!,
    comparedWith: { name: contestant.name, sample: others[index]! },
    ...(limits && { limits }),
  }));
}

function isPresent(bench: Bench, { name, needs }: Contestant): boolean {
  if (needs === undefined || isInstalled(needs)) return true;
  bench.note(`${name} was left out: there is no ${needs} on this machine.`);
  return false;
}
