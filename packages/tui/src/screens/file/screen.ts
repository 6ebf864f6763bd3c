import { listKeys } from '../../list/list-keys.ts';
import { scrollText } from '../../list/scroll.ts';
import { tableKeys } from '../../list/table-keys.ts';
import { tableHeight } from '../../list/table-view.tsx';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import { fileHead, fileText } from './rows.ts';
import {
  type FileAction,
  type FileParams,
  type FileState,
  reduceFile,
  startFile,
  type TensorRow,
} from './state.ts';
import { FileView, tensorsArea } from './view.tsx';

type FileScreen = Screen<FileState, FileAction>;

const hasTable = ({ state }: FileScreen): boolean => state.table.rows.length > 0;

const scrolling = listKeys<FileScreen>(({ state, area, dispatch }, move) => {
  const count = fileHead(state).length + fileText(state).length;
  dispatch({ type: 'scrolled', top: scrollText(state.top, move, { count, height: area.height }) });
}).map((binding) => ({ ...binding, when: (screen: FileScreen) => !hasTable(screen) }));

/** What a file of a version tells of itself. */
export const file: ScreenKind<FileParams, FileState, FileAction> = {
  name: 'file',
  trail: ({ model, version, path }) => [model, version, path],
  start: startFile,
  reduce: reduceFile,
  read: async ({ ui, state, signal, dispatch }) => {
    const { model, version, path, unlock } = state;
    const options = { signal, ...(unlock && { unlock }) };
    const facts = await ui.library.inspectFile(ui.registry, { model, version, path }, options);
    dispatch({ type: 'read', facts });
  },
  bindings: [
    ...tableKeys<FileScreen, TensorRow>({
      table: (screen) => (hasTable(screen) ? screen.state.table : null),
      dispatch: ({ dispatch }, action) => dispatch({ type: 'table', action }),
      height: ({ state, area }) => tableHeight(state.table, tensorsArea(state, area)),
    }),
    ...scrolling,
  ],
  isTyping: ({ table }) => table.search.isOpen,
  type: ({ dispatch }, typed) => dispatch({ type: 'table', action: { type: 'typed', typed } }),
  View: FileView,
};
