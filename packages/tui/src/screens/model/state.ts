import type { Model, VersionRecord, VersionSummary } from '@cairn/core';
import {
  LIST_START,
  type ListExtent,
  type ListMove,
  type ListState,
  moveList,
} from '../../list/list-state.ts';
import {
  reduceTable,
  type TableAction,
  type TableKind,
  type TableState,
  tableState,
} from '../../list/table-state.ts';

export const MODEL_TABS = ['versions', 'card', 'metrics'] as const;

export type ModelTab = (typeof MODEL_TABS)[number];

/** A version with what it records, once that has been read. */
export interface VersionRow extends VersionSummary {
  readonly record: VersionRecord | null;
}

export interface ModelState {
  readonly name: string;
  readonly model: Model | null;
  readonly tab: ModelTab;
  readonly table: TableState<VersionRow>;
  /** Names of versions that are marked for comparing, the first one first; two at most. */
  readonly marked: readonly string[];
  readonly records: ReadonlyMap<string, VersionRecord>;
  /** First visible line of the card. */
  readonly cardTop: number;
  /** Where one is among the metrics. */
  readonly metrics: ListState;
}

export type ModelAction =
  | { readonly type: 'table'; readonly action: TableAction<VersionRow> }
  | { readonly type: 'read'; readonly model: Model; readonly versions: readonly VersionSummary[] }
  | { readonly type: 'records'; readonly records: readonly VersionRecord[] }
  | { readonly type: 'tab'; readonly by: number }
  | { readonly type: 'marked'; readonly version: string }
  | { readonly type: 'card-scrolled'; readonly top: number }
  | { readonly type: 'metric-moved'; readonly move: ListMove; readonly extent: ListExtent };

export const VERSIONS_TABLE: TableKind<VersionRow> = {
  keyOf: ({ version }) => version,
  textOf: ({ version, description, aliases }) => `${version} ${aliases.join(' ')} ${description}`,
  sortKeyOf: (row, column) => {
    if (column === 'size') return row.size;
    if (column === 'files') return row.files;
    if (column === 'by') return row.createdBy.name;
    return column === 'version' ? row.version : row.createdAt;
  },
  columns: [
    { name: 'age', descending: true },
    { name: 'version', descending: false },
    { name: 'by', descending: false },
    { name: 'files', descending: true },
    { name: 'size', descending: true },
  ],
};

export function startModel(name: string): ModelState {
  return {
    name,
    model: null,
    tab: 'versions',
    table: tableState({ column: 'age', descending: true }),
    marked: [],
    records: new Map(),
    cardTop: 0,
    metrics: LIST_START,
  };
}

export function reduceModel(state: ModelState, action: ModelAction): ModelState {
  switch (action.type) {
    case 'table':
      return { ...state, table: reduceTable(VERSIONS_TABLE, state.table, action.action) };
    case 'read':
      return withVersions({ ...state, model: action.model }, action.versions);
    case 'records': {
      const added = action.records.map((record) => [record.version, record] as const);
      return withVersions({ ...state, records: new Map([...state.records, ...added]) }, state.table.rows);
    }
    case 'tab':
      return { ...state, tab: MODEL_TABS[tabIndex(state.tab, action.by)]! };
    case 'marked':
      return { ...state, marked: toggled(state.marked, action.version) };
    case 'card-scrolled':
      return { ...state, cardTop: action.top };
    case 'metric-moved':
      return { ...state, metrics: moveList(state.metrics, action.move, action.extent) };
  }
}

function withVersions(state: ModelState, versions: readonly VersionSummary[]): ModelState {
  // The library gives them newest first; those of one millisecond must stay in its order.
  const rows = versions.map((version) => ({
    ...version,
    record: state.records.get(version.version) ?? null,
  }));
  const names = new Set(rows.map(({ version }) => version));
  return {
    ...state,
    table: reduceTable(VERSIONS_TABLE, state.table, { type: 'rows', rows }),
    marked: state.marked.filter((version) => names.has(version)),
  };
}

function tabIndex(tab: ModelTab, by: number): number {
  return (MODEL_TABS.indexOf(tab) + by + MODEL_TABS.length) % MODEL_TABS.length;
}

/** A third mark takes the place of the older one. */
function toggled(marked: readonly string[], version: string): readonly string[] {
  if (marked.includes(version)) return marked.filter((each) => each !== version);
  return [...marked, version].slice(-2);
}

/** A metric and what it was in each version that has it, oldest first. */
export interface MetricSeries {
  readonly name: string;
  readonly points: readonly { readonly version: string; readonly value: number }[];
}

/** The metrics of all versions that have been read, by name. */
export function metricSeries({ table, records }: Pick<ModelState, 'table' | 'records'>): MetricSeries[] {
  const series = new Map<string, { version: string; value: number }[]>();
  const oldestFirst = table.rows.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  for (const { version } of oldestFirst) {
    for (const [name, value] of Object.entries(records.get(version)?.metrics ?? {})) {
      const points = series.get(name) ?? [];
      points.push({ version, value });
      series.set(name, points);
    }
  }
  return [...series].map(([name, points]) => ({ name, points })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
