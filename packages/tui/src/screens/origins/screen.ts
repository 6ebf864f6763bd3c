import type { RunListing } from '@cairn/core';
import { line, span } from '../../text/line.ts';
import { describeFailure } from '../../ui/failure.ts';
import type { Ui } from '../../ui/ui.ts';
import { type ListScreen, listScreen, selectedIn } from '../list-screen/list-screen.tsx';
import type { PickedOrigin } from '../new-version/sources.ts';
import {
  bentomlRow,
  NO_ORIGINS,
  ORIGIN_COLUMNS,
  ORIGINS_TABLE,
  type OriginRow,
  originsHead,
  runRow,
} from './rows.ts';

export interface OriginsParams {
  readonly onPicked: (origin: PickedOrigin) => void;
}

type OriginsScreen = ListScreen<OriginsParams, OriginRow>;

function pick(screen: OriginsScreen): void {
  const { reference, name, at } = selectedIn(screen)!;
  const { onPicked } = screen.state.params;
  screen.close();
  onPicked({ reference, name, at });
}

/** What MLflow and BentoML have: one is picked. */
export const origins = listScreen<OriginsParams, OriginRow>({
  name: 'origins',
  trail: () => ['pick a run or a model'],
  table: ORIGINS_TABLE,
  columns: () => ORIGIN_COLUMNS,
  noun: 'source',
  empty: NO_ORIGINS,
  read: async (ui, _, signal) => {
    const runs = await runsOf(ui, signal);
    const { library, host } = ui;
    const home = library.bentomlHome(host);
    const items = [...(await library.listBentoModels(home)), ...(await library.listBentos(home))];
    return {
      rows: [...(runs?.runs.map(runRow) ?? []), ...items.map(bentomlRow)],
      head: line(' ', span(originsHead(runs), 'faint')),
    };
  },
  bindings: [
    {
      keys: ['enter', 'right', 'l'],
      label: 'pick it',
      refusal: (screen) => (selectedIn(screen) ? null : 'there is nothing to pick'),
      run: pick,
    },
  ],
  open: pick,
});

/** `null` where MLflow has nothing. */
async function runsOf({ library, host }: Ui, signal: AbortSignal): Promise<RunListing | null> {
  const { workingFolder, variables } = host;
  try {
    return await library.listRuns({ workingFolder, variables, signal });
  } catch (error) {
    if (describeFailure(error).code === 'not-found') return null;
    throw error;
  }
}
