import type { FileChange, Unlock } from '@cairn/core';
import { listKeys } from '../../list/list-keys.ts';
import { scrollText } from '../../list/scroll.ts';
import { tableKeys } from '../../list/table-keys.ts';
import { selectedRow } from '../../list/table-state.ts';
import { tableHeight } from '../../list/table-view.tsx';
import type { Screen, ScreenKind, Ui } from '../../ui/ui.ts';
import { tensors } from '../tensors/screen.ts';
import { valueLines } from './rows.ts';
import {
  type CompareAction,
  type CompareParams,
  type CompareState,
  reduceCompare,
  startCompare,
} from './state.ts';
import { CompareView, compareBody } from './view.tsx';

type CompareScreen = Screen<CompareState, CompareAction>;

/** A sealed version is opened with what opened it before, or with a key of the user's. */
function openingOf({ keyring }: Ui, { unlock }: CompareState): { readonly unlock?: Unlock } {
  const opener = unlock ?? (keyring && { keyring });
  return opener ? { unlock: opener } : {};
}

const isOnFiles = ({ state }: CompareScreen): boolean => state.tab === 'files';

/** Two versions: what came, went and changed. */
export const compare: ScreenKind<CompareParams, CompareState, CompareAction> = {
  name: 'compare',
  trail: ({ model, before, after }) => [model, `${before} → ${after}`],
  start: startCompare,
  reduce: reduceCompare,
  read: async ({ ui, state, dispatch }) => {
    const { model, before, after } = state;
    const comparison = await ui.library.compareVersions(
      ui.registry,
      { model, version: before },
      { model, version: after },
      openingOf(ui, state),
    );
    dispatch({ type: 'read', comparison });
  },
  watches: ({ model }) => [model],
  bindings: [
    {
      keys: ['enter', 'right', 'l'],
      label: 'tensors',
      help: 'which tensors of the file have changed',
      when: isOnFiles,
      refusal: ({ state }) => {
        const change = selectedRow(state.table);
        if (change === null) return 'there is no file to look into';
        if (state.comparison?.isShut) return 'sealed and shut: open the version with u, then press c there';
        return change.before && change.after
          ? null
          : `it was ${change.kind}, and there is nothing to compare`;
      },
      run: ({ ui, state }) => {
        const change = selectedRow(state.table)!;
        const { model, before, after } = state;
        const paths = { path: change.path, oldPath: change.before!.path };
        ui.router.open(tensors, { model, before, after, ...paths, ...openingOf(ui, state) });
      },
    },
    {
      keys: ['tab', 'shift+tab'],
      label: 'other part',
      help: 'files, or metrics and parameters',
      run: ({ dispatch }) => dispatch({ type: 'tab' }),
    },
    ...tableKeys<CompareScreen, FileChange>({
      table: ({ state }) => (state.tab === 'files' ? state.table : null),
      dispatch: ({ dispatch }, action) => dispatch({ type: 'table', action }),
      height: ({ state, area }) => tableHeight(state.table, compareBody(area)),
    }),
    ...listKeys<CompareScreen>(({ state, area, dispatch }, move) => {
      const { width, height } = compareBody(area);
      const count = state.comparison === null ? 0 : valueLines(state.comparison, width).length;
      dispatch({ type: 'scrolled', top: scrollText(state.top, move, { count, height }) });
    }).map((binding) => ({ ...binding, when: (screen: CompareScreen) => !isOnFiles(screen) })),
  ],
  isTyping: ({ tab, table }) => tab === 'files' && table.search.isOpen,
  type: ({ dispatch }, typed) => dispatch({ type: 'table', action: { type: 'typed', typed } }),
  View: CompareView,
};
