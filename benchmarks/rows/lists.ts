import { join } from 'node:path';
import { type Bench, scaled } from '../bench.ts';
import { cairn } from '../cairn.ts';
import { registryOfModels, registryOfVersions, smallSource } from '../data/registries.ts';
import { alternate, type Stage } from '../measure/alternate.ts';
import { isInstalled, run } from '../measure/process.ts';
import type { Sample } from '../measure/sample.ts';
import { type Screens, TERMINAL_PROGRAM, timeScreens } from '../measure/screens.ts';
import type { Limits, Line } from '../report/line.ts';
import { formatCount } from '../report/units.ts';
import { removeFolder } from '../work-folder.ts';
import type { Row } from './row.ts';
import { withFolder } from './stocked.ts';

const MODEL = 'trained';

/** A model that is added to for years: its list, and one more version. */
export const listVersions: Row = {
  name: 'ls-versions',
  measure: (bench) =>
    withFolder(bench, async (folder) => {
      const versions = scaled(bench, 10_000);
      const model = `a model with ${formatCount(versions)} versions`;
      bench.say(`making ${model}`);
      const tell = progress(bench, 'versions');
      const registry = await registryOfVersions(folder, { model: MODEL, versions }, tell);
      const limits: Limits = { judge: 'quantity', reachFor: 0.15, atLeast: 0.4 };
      return [
        ...(await timeList(bench, { registry, args: ['ls', MODEL], what: `\`ls\` of ${model}`, limits })),
        ...(await timeTerminalUi(bench, {
          registry,
          what: model,
          awaited: MODEL,
          lead: { keys: '\r', awaited: `v${versions - 1} ` },
        })),
        { what: `\`add\` of one more to ${model}`, measured: await timeOneMore(bench, folder, registry) },
      ];
    }),
};

/** A registry of a large team. */
export const listModels: Row = {
  name: 'ls-models',
  measure: (bench) =>
    withFolder(bench, async (folder) => {
      const models = scaled(bench, 1000);
      const what = `\`ls\` of ${formatCount(models)} models`;
      bench.say(`making ${formatCount(models)} models`);
      const registry = await registryOfModels(folder, models, progress(bench, 'models'));
      const limits: Limits = { judge: 'quantity', reachFor: 0.3, atLeast: 1 };
      return [
        ...(await timeList(bench, { registry, args: ['ls'], what, limits })),
        ...(await timeTerminalUi(bench, {
          registry,
          what: `${formatCount(models)} models`,
          awaited: 'model-0001',
        })),
      ];
    }),
};

interface List {
  readonly registry: string;
  readonly args: readonly string[];
  readonly what: string;
  readonly limits: Limits;
}

/** As a rule what was listed before is remembered; without that, it shows what reading Git's own data costs. */
async function timeList(bench: Bench, { registry, args, what, limits }: List): Promise<Line[]> {
  const list = cairn(registry, ...args);
  const stage: Stage = { source: null, commands: [list] };
  const forget = () => removeFolder(join(registry, '.cairn'));
  await run(list);
  bench.say(what);
  const remembered = await timeShort(bench, 'cairn ls', () => stage);
  const forgotten = await timeShort(bench, 'cairn ls without .cairn', () => {
    forget();
    return stage;
  });
  return [
    { what, measured: remembered, limits },
    { what: `${what}, for the first time`, measured: forgotten },
  ];
}

async function timeTerminalUi(bench: Bench, screens: Screens & { readonly what: string }): Promise<Line[]> {
  if (!isInstalled(TERMINAL_PROGRAM)) {
    bench.note(`The terminal UI was left out: there is no ${TERMINAL_PROGRAM} on this machine.`);
    return [];
  }
  bench.say(`the terminal UI on ${screens.what}`);
  const { start, key } = await timeScreens(screens, SHORT_RUNS * bench.runs);
  return [
    {
      what: `the terminal UI on ${screens.what}: to the first picture`,
      measured: start,
      limits: { judge: 'quantity', atLeast: 0.5 },
    },
    { what: 'there: from a key to its picture', measured: key, limits: { judge: 'quantity', atLeast: 0.05 } },
  ];
}

function timeOneMore(bench: Bench, folder: string, registry: string): Promise<Sample> {
  return timeShort(bench, 'cairn add', (round) => {
    const source = smallSource(folder, `one more ${round}`);
    return { source, commands: [cairn(registry, 'add', `${MODEL}@more${round}`, source)] };
  });
}

/** Short processes run three times as often as long ones: a moment's noise is much of their time. */
const SHORT_RUNS = 3;

async function timeShort(bench: Bench, name: string, stage: (round: number) => Stage): Promise<Sample> {
  const contestant = { name, prepare: (_: string, round: number) => stage(round) };
  const [sample] = await alternate(bench, [contestant], SHORT_RUNS * bench.runs);
  return sample!;
}

const TOLD_TIMES = 10;

function progress(bench: Bench, things: string): (done: number, total: number) => void {
  return (done, total) => {
    if (done % Math.ceil(total / TOLD_TIMES) === 0) bench.say(`  ${formatCount(done)} ${things}`);
  };
}
