import type { FileFacts, MetricHistory, Unlock, Version, VersionFile } from '@cairn/core';
import { type TextField, textField, typeInto } from '../../form/text-field.ts';
import type { Typed } from '../../keys/key.ts';
import { LIST_START, type ListMove, type ListState, moveList, scrollList } from '../../list/list-state.ts';
import type { Failure } from '../../ui/failure.ts';
import type { ManifestLook } from './package-rows.ts';
import { foldersOf, searchedRows, type TreeRow, treeRows } from './tree.ts';

export type VersionTab = 'files' | 'details' | 'package';

/** What a file's header tells, or why that cannot be said. */
export type FileLook =
  | { readonly path: string; readonly facts: FileFacts }
  | { readonly path: string; readonly failure: Failure };

export interface VersionState {
  readonly model: string;
  readonly name: string;
  readonly version: Version | null;
  /** What a sealed version was opened with; `null` while it is shut. */
  readonly unlock: Unlock | null;
  readonly tab: VersionTab;
  readonly rows: readonly TreeRow[];
  readonly open: ReadonlySet<string>;
  readonly list: ListState;
  readonly search: { readonly field: TextField; readonly isOpen: boolean };
  readonly look: FileLook | null;
  readonly manifest: ManifestLook | null;
  /** How the metrics of its training went, by name. */
  readonly curves: Readonly<Record<string, MetricHistory>>;
  /** First visible line of the other tabs. */
  readonly top: number;
}

export type VersionAction =
  | { readonly type: 'read'; readonly version: Version; readonly unlock: Unlock | null }
  | { readonly type: 'looked'; readonly look: FileLook }
  | { readonly type: 'manifest'; readonly manifest: ManifestLook }
  | { readonly type: 'curves'; readonly curves: VersionState['curves'] }
  | { readonly type: 'moved'; readonly move: ListMove; readonly height: number }
  | { readonly type: 'scrolled'; readonly by: number; readonly height: number }
  | { readonly type: 'toggled'; readonly path: string }
  | { readonly type: 'all-toggled' }
  | { readonly type: 'tab'; readonly by: number }
  | { readonly type: 'text-scrolled'; readonly top: number }
  | { readonly type: 'search-opened' | 'search-closed' | 'search-cleared' }
  | { readonly type: 'typed'; readonly typed: Typed };

export interface VersionParams {
  readonly model: string;
  readonly version: string;
}

/** Up to so many files all folders are open at first. */
const OPEN_AT_FIRST_MAX = 200;

export function startVersion({ model, version }: VersionParams): VersionState {
  return {
    model,
    name: version,
    version: null,
    unlock: null,
    tab: 'files',
    rows: [],
    open: new Set(),
    list: LIST_START,
    search: { field: textField(), isOpen: false },
    look: null,
    manifest: null,
    curves: {},
    top: 0,
  };
}

/** The files of a version: of one that is sealed and open, what it holds. */
export function filesOf({ version }: Pick<VersionState, 'version'>): readonly VersionFile[] {
  return version?.sealing?.contents?.files ?? version?.files ?? [];
}

/** Bytes of its stored files that a lazy clone does not have yet. */
export function missingBytes(version: Version): number {
  return version.files.reduce((sum, { size, present = size }) => sum + size - present, 0);
}

/** The parts of the screen: those of a package have one more. */
export function tabsOf({ version }: Pick<VersionState, 'version'>): readonly VersionTab[] {
  return version === null || version.type === 'plaintext'
    ? ['files', 'details']
    : ['files', 'details', 'package'];
}

export function hasSearch({ search }: Pick<VersionState, 'search'>): boolean {
  return search.isOpen || search.field.text !== '';
}

export function selectedTreeRow({ rows, list }: Pick<VersionState, 'rows' | 'list'>): TreeRow | null {
  return rows[Math.min(list.cursor, rows.length - 1)] ?? null;
}

export function reduceVersion(state: VersionState, action: VersionAction): VersionState {
  switch (action.type) {
    case 'read':
      return withRows(opened({ ...state, version: action.version, unlock: action.unlock }, state));
    case 'looked':
      return { ...state, look: action.look };
    case 'manifest':
      return { ...state, manifest: action.manifest };
    case 'curves':
      return { ...state, curves: action.curves };
    case 'moved': {
      const extent = { count: state.rows.length, height: action.height };
      return { ...state, list: moveList(state.list, action.move, extent) };
    }
    case 'scrolled': {
      const extent = { count: state.rows.length, height: action.height };
      return { ...state, list: scrollList(state.list, action.by, extent) };
    }
    case 'toggled':
      return withRows({ ...state, open: toggled(state.open, action.path) });
    case 'all-toggled': {
      const all = foldersOf(filesOf(state));
      return withRows({ ...state, open: state.open.size < all.size ? all : new Set() });
    }
    case 'tab': {
      const tabs = tabsOf(state);
      const index = (tabs.indexOf(state.tab) + action.by + tabs.length) % tabs.length;
      return { ...state, tab: tabs[index]!, top: 0 };
    }
    case 'text-scrolled':
      return { ...state, top: action.top };
    case 'search-opened':
      return { ...state, search: { ...state.search, isOpen: true } };
    case 'search-closed':
      return { ...state, search: { ...state.search, isOpen: false } };
    case 'search-cleared':
      return withRows({ ...state, search: { field: textField(), isOpen: false } });
    case 'typed': {
      const field = typeInto(state.search.field, action.typed);
      return withRows({ ...state, search: { ...state.search, field }, list: LIST_START });
    }
  }
}

/** Folders are opened when files are seen for the first time, and then as the user leaves them. */
function opened(state: VersionState, before: VersionState): VersionState {
  const files = filesOf(state);
  if (filesOf(before).length > 0 && filesOf(before).length === files.length) return state;
  return files.length <= OPEN_AT_FIRST_MAX ? { ...state, open: foldersOf(files) } : state;
}

function withRows(state: VersionState): VersionState {
  const { text } = state.search.field;
  const files = filesOf(state);
  const rows = text.trim() === '' ? treeRows(files, state.open) : searchedRows(files, text);
  return {
    ...state,
    rows,
    list: { ...state.list, cursor: Math.max(0, Math.min(state.list.cursor, rows.length - 1)) },
  };
}

function toggled(open: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const next = new Set(open);
  if (!next.delete(path)) next.add(path);
  return next;
}
