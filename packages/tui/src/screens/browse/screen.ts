import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { type FolderEntry, listFolder } from '../../files/list-folder.ts';
import type { Binding } from '../../keys/binding.ts';
import { tableKeys } from '../../list/table-keys.ts';
import { pointInTable } from '../../list/table-pointer.ts';
import { tableHeight } from '../../list/table-view.tsx';
import { describeFailure } from '../../ui/failure.ts';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import {
  type BrowseAction,
  type BrowseState,
  reduceBrowse,
  selectedEntry,
  startBrowse,
  tickRefusal,
} from './state.ts';
import { BROWSE_HEAD_HEIGHT, BrowseView, entriesArea } from './view.tsx';

export interface BrowseParams {
  /** What is picked, such as `model files`. */
  readonly purpose: string;
  /** Picks one file instead of ticking several things. */
  readonly isSingle?: boolean;
  /** Where to begin; absolute. */
  readonly folder: string;
  /** Called with what was picked, at least one entry, and the folder that the browser stood in. */
  readonly onPicked: (entries: readonly FolderEntry[], folder: string) => void;
}

/** The state and what to do in the end, which is none of the reducer's business. */
interface BrowseWithEnd extends BrowseState {
  readonly onPicked: BrowseParams['onPicked'];
}

type BrowseScreen = Screen<BrowseWithEnd, BrowseAction>;

const isTypingPath = ({ state }: BrowseScreen): boolean => state.path !== null;

function enter(screen: BrowseScreen, folder: string, cameFrom: string | null = null): void {
  screen.dispatch({ type: 'entered', folder, cameFrom });
  screen.reread();
}

/** Opens a folder; of a file it is the same as ticking or picking it. */
function openSelected(screen: BrowseScreen): void {
  const entry = selectedEntry(screen.state)!;
  if (entry.kind === 'folder') enter(screen, entry.path);
  else if (screen.state.isSingle) finish(screen, [entry]);
  else screen.dispatch({ type: 'ticked', entries: [entry] });
}

function tick(screen: BrowseScreen): void {
  screen.dispatch({ type: 'ticked', entries: [selectedEntry(screen.state)!] });
  screen.dispatch({ type: 'table', action: { type: 'moved', move: { by: 1 }, height: heightOf(screen) } });
}

function tickable({ table }: BrowseState): FolderEntry[] {
  return table.shown.filter((entry) => tickRefusal(entry) === null);
}

function finish({ state, close }: BrowseScreen, entries: readonly FolderEntry[]): void {
  close();
  state.onPicked(entries, state.folder);
}

function goToPath(screen: BrowseScreen): void {
  const { state, ui } = screen;
  const text = state.path?.text.trim() ?? '';
  if (text === '') {
    screen.dispatch({ type: 'path-closed' });
    return;
  }
  const home = text === '~' || text.startsWith('~/') ? join(ui.host.homeFolder, text.slice(1)) : text;
  enter(screen, isAbsolute(home) ? home : resolve(state.folder, home));
}

function heightOf({ state, area }: BrowseScreen): number {
  return tableHeight(state.table, entriesArea(area));
}

const browseKeys: Binding<BrowseScreen>[] = [
  {
    keys: ['enter'],
    label: 'go there',
    whileTyping: true,
    when: isTypingPath,
    run: goToPath,
  },
  {
    keys: ['esc'],
    label: 'leave the path',
    whileTyping: true,
    when: isTypingPath,
    run: ({ dispatch }) => dispatch({ type: 'path-closed' }),
  },
  {
    keys: ['space'],
    label: 'tick',
    when: ({ state }) => !state.isSingle,
    refusal: ({ state }) => tickRefusal(selectedEntry(state)),
    run: tick,
  },
  {
    keys: ['enter', 'right', 'l'],
    label: 'open',
    help: 'open the folder, or tick the file',
    when: ({ state }) => !state.table.search.isOpen,
    refusal: ({ state }) => tickRefusal(selectedEntry(state)),
    run: openSelected,
  },
  {
    keys: ['i'],
    label: 'insert',
    help: 'take what is ticked, and go back',
    when: ({ state }) => !state.isSingle,
    refusal: ({ state }) => (state.ticked.size > 0 ? null : 'nothing is ticked: Space ticks'),
    run: (screen) => finish(screen, [...screen.state.ticked.values()]),
  },
  {
    keys: ['a'],
    label: 'tick all',
    help: 'tick all in this folder, or none',
    when: ({ state }) => !state.isSingle,
    run: ({ state, dispatch }) => dispatch({ type: 'ticked', entries: tickable(state) }),
  },
  {
    keys: ['left', 'h', 'backspace'],
    label: 'up',
    help: 'to the folder above',
    refusal: ({ state }) => (dirname(state.folder) === state.folder ? 'there is nothing above' : null),
    run: (screen) => enter(screen, dirname(screen.state.folder), basename(screen.state.folder)),
  },
  {
    keys: ['p'],
    label: 'path',
    help: 'type a path to go to',
    run: ({ dispatch }) => dispatch({ type: 'path-opened' }),
  },
  {
    keys: ['~'],
    label: 'to your own folder',
    quiet: true,
    run: (screen) => enter(screen, screen.ui.host.homeFolder),
  },
  {
    keys: ['.'],
    label: 'hidden files',
    help: 'show files whose names begin with a dot, or hide them',
    quiet: true,
    run: ({ dispatch }) => dispatch({ type: 'hidden-toggled' }),
  },
];

/** A folder that cannot be read is left again, so that nothing that is ticked gets lost. */
async function readFolder(screen: BrowseScreen): Promise<void> {
  const { folder, readable } = screen.state;
  try {
    screen.dispatch({ type: 'read', folder, entries: await listFolder(folder, screen.signal) });
  } catch (error) {
    if (readable === null || readable === folder) throw error;
    screen.ui.sayFailure(describeFailure(error));
    enter(screen, readable);
  }
}

/** Picks files and folders, over as many folders as one likes. */
export const browse: ScreenKind<BrowseParams, BrowseWithEnd, BrowseAction> = {
  name: 'browse',
  trail: ({ purpose }) => [purpose],
  start: ({ purpose, isSingle = false, folder, onPicked }) => ({
    ...startBrowse({ purpose, isSingle, folder }),
    onPicked,
  }),
  reduce: (state, action) => ({ ...state, ...reduceBrowse(state, action) }),
  read: readFolder,
  bindings: [
    ...browseKeys,
    ...tableKeys<BrowseScreen, FolderEntry>({
      table: (screen) => (isTypingPath(screen) ? null : screen.state.table),
      dispatch: ({ dispatch }, action) => dispatch({ type: 'table', action }),
      height: heightOf,
    }),
  ],
  isTyping: ({ path, table }) => path !== null || table.search.isOpen,
  type: ({ state, dispatch }, typed) => {
    if (state.path !== null) dispatch({ type: 'path-typed', typed });
    else dispatch({ type: 'table', action: { type: 'typed', typed } });
  },
  point: (screen, event) => {
    const place = { top: BROWSE_HEAD_HEIGHT, height: heightOf(screen) };
    const found = pointInTable(screen.state.table, place, event);
    if (found === 'open') openSelected(screen);
    else if (found) screen.dispatch({ type: 'table', action: found.action });
  },
  View: BrowseView,
};
