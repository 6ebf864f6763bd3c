import type { FolderEntry } from '../../files/list-folder.ts';
import { type TextField, textField, typeInto } from '../../form/text-field.ts';
import type { Typed } from '../../keys/key.ts';
import {
  reduceTable,
  selectedRow,
  type TableAction,
  type TableKind,
  type TableState,
  tableState,
} from '../../list/table-state.ts';

export interface BrowseState {
  /** What is picked, such as `model files`. */
  readonly purpose: string;
  /** Picks one file instead of ticking several things. */
  readonly isSingle: boolean;
  /** Absolute. */
  readonly folder: string;
  readonly entries: readonly FolderEntry[] | null;
  /** The last folder that could be read; `null` before there is one. */
  readonly readable: string | null;
  readonly table: TableState<FolderEntry>;
  /** What is ticked, in this folder and in others, by path. */
  readonly ticked: ReadonlyMap<string, FolderEntry>;
  readonly showsHidden: boolean;
  /** A path that is being typed; `null` when none is. */
  readonly path: TextField | null;
  /** The entry that the cursor goes to when the folder has been read: the one that was come out of. */
  readonly cameFrom: string | null;
}

export type BrowseAction =
  | { readonly type: 'entered'; readonly folder: string; readonly cameFrom: string | null }
  | { readonly type: 'read'; readonly folder: string; readonly entries: readonly FolderEntry[] }
  | { readonly type: 'table'; readonly action: TableAction<FolderEntry> }
  | { readonly type: 'ticked'; readonly entries: readonly FolderEntry[] }
  | { readonly type: 'hidden-toggled' | 'path-opened' | 'path-closed' }
  | { readonly type: 'path-typed'; readonly typed: Typed };

/** Folders stand before files, whatever the order. */
export const ENTRIES_TABLE: TableKind<FolderEntry> = {
  keyOf: ({ path }) => path,
  textOf: ({ name }) => name,
  sortKeyOf: (entry, column) => {
    if (column === 'size') return entry.kind === 'folder' ? Number.MAX_SAFE_INTEGER : entry.size;
    if (column === 'time') return Date.parse(entry.modifiedAt);
    return `${entry.kind === 'folder' ? '0' : '1'} ${entry.name}`;
  },
  columns: [
    { name: 'name', descending: false },
    { name: 'size', descending: true },
    { name: 'time', descending: true },
  ],
};

export interface BrowseStart {
  readonly purpose: string;
  readonly isSingle: boolean;
  readonly folder: string;
}

export function startBrowse({ purpose, isSingle, folder }: BrowseStart): BrowseState {
  return {
    purpose,
    isSingle,
    folder,
    entries: null,
    readable: null,
    table: tableState({ column: 'name', descending: false }),
    ticked: new Map(),
    showsHidden: false,
    path: null,
    cameFrom: null,
  };
}

export function reduceBrowse(state: BrowseState, action: BrowseAction): BrowseState {
  switch (action.type) {
    case 'entered':
      return {
        ...state,
        folder: action.folder,
        cameFrom: action.cameFrom,
        entries: null,
        path: null,
        table: tableState(state.table.sorting),
      };
    case 'read':
      if (action.folder !== state.folder) return state;
      return withEntries({ ...state, entries: action.entries, readable: action.folder });
    case 'table':
      return { ...state, table: reduceTable(ENTRIES_TABLE, state.table, action.action) };
    case 'ticked':
      return { ...state, ticked: toggled(state.ticked, action.entries) };
    case 'hidden-toggled':
      return withEntries({ ...state, showsHidden: !state.showsHidden });
    case 'path-opened':
      return { ...state, path: textField(state.folder) };
    case 'path-closed':
      return { ...state, path: null };
    case 'path-typed':
      return state.path === null ? state : { ...state, path: typeInto(state.path, action.typed) };
  }
}

function withEntries(state: BrowseState): BrowseState {
  const entries = state.entries ?? [];
  const rows = state.showsHidden ? entries : entries.filter(({ name }) => !name.startsWith('.'));
  const table = reduceTable(ENTRIES_TABLE, state.table, { type: 'rows', rows });
  const at = table.shown.findIndex(({ name }) => name === state.cameFrom);
  if (at < 0) return { ...state, table };
  return { ...state, cameFrom: null, table: { ...table, list: { ...table.list, cursor: at } } };
}

/** All of them are ticked, or none any more when all were. */
function toggled(
  ticked: ReadonlyMap<string, FolderEntry>,
  entries: readonly FolderEntry[],
): ReadonlyMap<string, FolderEntry> {
  const next = new Map(ticked);
  const isOff = entries.every(({ path }) => ticked.has(path));
  for (const entry of entries) {
    if (isOff) next.delete(entry.path);
    else next.set(entry.path, entry);
  }
  return next;
}

export function selectedEntry({ table }: BrowseState): FolderEntry | null {
  return selectedRow(table);
}

/** Why an entry cannot be ticked. */
export function tickRefusal(entry: FolderEntry | null): string | null {
  if (entry === null) return 'there is nothing here';
  return entry.kind === 'other' ? `${entry.name} is neither a file nor a folder` : null;
}
