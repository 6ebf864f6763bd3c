import type { Progress, TensorChange } from '@cairn/core';
import { tableKeys } from '../../list/table-keys.ts';
import { tableHeight } from '../../list/table-view.tsx';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import {
  reduceTensors,
  startTensors,
  type TensorsAction,
  type TensorsParams,
  type TensorsState,
} from './state.ts';
import { TensorsView, tensorsBody } from './view.tsx';

type TensorsScreen = Screen<TensorsState, TensorsAction>;

/** At most ten times a second progress is drawn. */
const PROGRESS_INTERVAL_MS = 100;

/** Compared once: versions never change. */
async function compareOnce({ ui, state, signal, dispatch }: TensorsScreen): Promise<void> {
  if (state.comparison !== null) return;
  const { model, before, after, path, oldPath, unlock } = state;
  let drawnAt = ui.host.clock();
  const onProgress = (progress: Progress) => {
    if (ui.host.clock() - drawnAt < PROGRESS_INTERVAL_MS) return;
    drawnAt = ui.host.clock();
    dispatch({ type: 'progress', progress });
  };
  const comparison = await ui.library.compareTensors(
    ui.registry,
    { model, version: before, path: oldPath },
    { model, version: after, path },
    { signal, onProgress, ...(unlock && { unlock }) },
  );
  dispatch({ type: 'compared', comparison });
}

/** Which tensors of a file differ between two versions. */
export const tensors: ScreenKind<TensorsParams, TensorsState, TensorsAction> = {
  name: 'tensors',
  trail: ({ model, before, after, path }) => [model, `${before} → ${after}`, path],
  start: startTensors,
  reduce: reduceTensors,
  read: compareOnce,
  bindings: tableKeys<TensorsScreen, TensorChange>({
    table: ({ state }) => (state.table.rows.length > 0 ? state.table : null),
    dispatch: ({ dispatch }, action) => dispatch({ type: 'table', action }),
    height: ({ state, area }) => tableHeight(state.table, tensorsBody(area)),
  }),
  isTyping: ({ table }) => table.search.isOpen,
  type: ({ dispatch }, typed) => dispatch({ type: 'table', action: { type: 'typed', typed } }),
  View: TensorsView,
};
