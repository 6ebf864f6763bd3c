import type { VersionRecord } from '@cairn/core';
import type { Binding } from '../../keys/binding.ts';
import { listKeys } from '../../list/list-keys.ts';
import { scrollText } from '../../list/scroll.ts';
import { tableKeys } from '../../list/table-keys.ts';
import { pointInTable } from '../../list/table-pointer.ts';
import { selectedRow, type TableAction } from '../../list/table-state.ts';
import { tableHeight } from '../../list/table-view.tsx';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import { ask } from '../ask/screen.ts';
import { compare } from '../compare/screen.ts';
import { deleteVersion } from '../delete-version/screen.ts';
import { editModel } from '../edit-model/screen.ts';
import { history } from '../history/screen.ts';
import { type NewVersionParams, newVersion } from '../new-version/screen.ts';
import type { PickedOrigin } from '../new-version/sources.ts';
import { origins } from '../origins/screen.ts';
import { aliasQuestion } from '../questions/alias.ts';
import { renameModelQuestion } from '../questions/rename.ts';
import { takeOutQuestion } from '../questions/take-out.ts';
import { startPulling, startPushing } from '../sharing-tasks.ts';
import { version } from '../version/screen.ts';
import { startVerifying } from '../version-tasks.ts';
import { MODEL_HEAD_HEIGHT, metricsHeight, modelBody } from './layout.ts';
import {
  type ModelAction,
  type ModelState,
  metricSeries,
  reduceModel,
  startModel,
  type VersionRow,
} from './state.ts';
import { cardLines, ModelView } from './view.tsx';

export type ModelScreen = Screen<ModelState, ModelAction>;

const isOn =
  (tab: ModelState['tab']) =>
  ({ state }: ModelScreen) =>
    state.tab === tab;

const selected = ({ state }: ModelScreen): VersionRow | null => selectedRow(state.table);

const needsVersion = (screen: ModelScreen): string | null => {
  const row = selected(screen);
  if (!screen.state.model) return 'the versions are still being read';
  if (!row) return 'there is no version to select';
  return row.problem ? `it cannot be read: ${row.problem.message}` : null;
};

/** The two that are marked; one with the selected one; without marks the selected one and the one before it. */
function comparedVersions(screen: ModelScreen): [before: string, after: string] | null {
  const { marked, table } = screen.state;
  const current = selected(screen)?.version;
  if (current === undefined) return null;
  const byAge = table.rows.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  const order = byAge.map(({ version: name }) => name);
  const earlier = order[order.indexOf(current) - 1];
  const pair = marked.length === 2 ? marked : [...marked.filter((name) => name !== current), current];
  const both = pair.length === 2 ? pair : earlier === undefined ? null : [earlier, current];
  if (!both) return null;
  const [first, second] = both.toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
  return [first!, second!];
}

/** The newest first, as the library lists them. */
function newVersionParams({ state }: ModelScreen): NewVersionParams {
  return { model: state.name, versions: state.table.rows.map(({ version: name }) => name) };
}

const versionKeys: Binding<ModelScreen>[] = [
  {
    keys: ['enter', 'right', 'l'],
    label: 'open',
    when: isOn('versions'),
    refusal: needsVersion,
    run: (screen) => openSelected(screen),
  },
  {
    keys: ['n'],
    label: 'new',
    help: 'add a version',
    refusal: ({ state }) => (state.model ? null : 'the model is still being read'),
    run: (screen) => screen.ui.router.open(newVersion, newVersionParams(screen)),
  },
  {
    keys: ['i'],
    label: 'import',
    help: 'add a version from a run of MLflow, or from a model or bento of BentoML',
    refusal: ({ state }) => (state.model ? null : 'the model is still being read'),
    run: (screen) => {
      const { router } = screen.ui;
      const onPicked = (origin: PickedOrigin) =>
        router.open(newVersion, { ...newVersionParams(screen), origin });
      router.open(origins, { onPicked });
    },
  },
  {
    keys: ['space'],
    label: 'mark',
    help: 'mark for comparing; two at most',
    when: isOn('versions'),
    refusal: needsVersion,
    run: (screen) => screen.dispatch({ type: 'marked', version: selected(screen)!.version }),
  },
  {
    keys: ['c'],
    label: 'compare',
    help: 'compare the marked ones, or the selected one with the one before it',
    when: isOn('versions'),
    refusal: (screen) => (comparedVersions(screen) ? null : 'there is nothing to compare it with'),
    run: (screen) => {
      const [before, after] = comparedVersions(screen)!;
      screen.ui.router.open(compare, { model: screen.state.name, before, after });
    },
  },
  {
    keys: ['v'],
    label: 'verify',
    help: 'read every byte of the version and check it',
    when: isOn('versions'),
    refusal: needsVersion,
    run: (screen) =>
      startVerifying(screen.ui, { model: screen.state.name, version: selected(screen)!.version }),
  },
  {
    keys: ['o'],
    label: 'take out',
    help: 'write the files of the version into a folder',
    when: isOn('versions'),
    refusal: needsVersion,
    run: (screen) =>
      screen.ui.router.open(
        ask,
        takeOutQuestion({ model: screen.state.name, version: selected(screen)!.version }),
      ),
  },
  {
    keys: ['d'],
    label: 'delete',
    help: 'delete the version, after asking',
    when: isOn('versions'),
    refusal: (screen) => (selected(screen) ? null : 'there is no version to select'),
    run: (screen) =>
      screen.ui.router.open(deleteVersion, { model: screen.state.name, version: selected(screen)!.version }),
  },
  {
    keys: ['e'],
    label: 'edit',
    help: 'change description, labels and card of the model',
    run: ({ ui, state }) => ui.router.open(editModel, state.name),
  },
  {
    keys: ['a'],
    label: 'alias',
    help: 'let an alias, such as prod, stand for the version',
    when: isOn('versions'),
    refusal: needsVersion,
    run: (screen) =>
      screen.ui.router.open(
        ask,
        aliasQuestion(screen.ui, { model: screen.state.name, version: selected(screen)!.version }),
      ),
  },
  {
    keys: ['H'],
    label: 'history',
    help: 'what happened to the model: aliases moved, versions added, texts edited; and the way back',
    run: ({ ui, state }) => ui.router.open(history, state.name),
  },
  {
    keys: ['m'],
    label: 'rename',
    help: 'give the model another name',
    quiet: true,
    run: ({ ui, state }) => ui.router.open(ask, renameModelQuestion(ui, state.name)),
  },
  {
    keys: ['p'],
    label: 'pull',
    help: 'bring what others have shared of the model',
    quiet: true,
    run: ({ ui, state }) => startPulling(ui, { model: state.name }),
  },
  {
    keys: ['P'],
    label: 'push',
    help: 'send what the remote does not have of the model',
    quiet: true,
    run: ({ ui, state }) => startPushing(ui, { model: state.name }),
  },
  {
    keys: ['tab'],
    label: 'next part',
    help: 'versions, card, metrics',
    run: ({ dispatch }) => dispatch({ type: 'tab', by: 1 }),
  },
  {
    keys: ['shift+tab'],
    label: 'part before',
    quiet: true,
    run: ({ dispatch }) => dispatch({ type: 'tab', by: -1 }),
  },
];

function openSelected(screen: ModelScreen): void {
  screen.ui.router.open(version, { model: screen.state.name, version: selected(screen)!.version });
}

function heightOf({ state, area }: ModelScreen): number {
  return tableHeight(state.table, modelBody(area));
}

function inTable({ dispatch }: ModelScreen, action: TableAction<VersionRow>): void {
  dispatch({ type: 'table', action });
}

const cardKeys = listKeys<ModelScreen>(({ state, area, dispatch }, move) => {
  const { width, height } = modelBody(area);
  const count = cardLines(state.model?.card ?? '', width).length;
  dispatch({ type: 'card-scrolled', top: scrollText(state.cardTop, move, { count, height }) });
}).map((binding) => ({ ...binding, when: isOn('card') }));

const metricKeys = listKeys<ModelScreen>(({ state, area, dispatch }, move) => {
  const count = metricSeries(state).length;
  dispatch({
    type: 'metric-moved',
    move,
    extent: { count, height: metricsHeight(modelBody(area), count) },
  });
}).map((binding) => ({ ...binding, when: isOn('metrics') }));

/** A model: its versions, its card, its metrics. */
export const model: ScreenKind<string, ModelState, ModelAction> = {
  name: 'model',
  trail: ({ name }) => [name],
  start: startModel,
  reduce: reduceModel,
  read: readModel,
  watches: ({ name }) => [name],
  bindings: [
    ...versionKeys,
    ...tableKeys<ModelScreen, VersionRow>({
      table: ({ state }) => (state.tab === 'versions' ? state.table : null),
      dispatch: inTable,
      height: heightOf,
    }),
    ...cardKeys,
    ...metricKeys,
  ],
  isTyping: ({ tab, table }) => tab === 'versions' && table.search.isOpen,
  type: (screen, typed) => inTable(screen, { type: 'typed', typed }),
  point: (screen, event) => {
    if (screen.state.tab !== 'versions') return;
    const place = { top: MODEL_HEAD_HEIGHT, height: heightOf(screen) };
    const found = pointInTable(screen.state.table, place, event);
    if (found === 'open') openSelected(screen);
    else if (found) inTable(screen, found.action);
  },
  View: ModelView,
};

/** Versions whose records are read: those that a chart can show. */
const RECORDS_MAX = 500;

/** Records that are shown together at first: those that are seen. Then twice as many each time. */
const RECORDS_AT_FIRST = 25;

/** The list first, as it is quick; then what each version records, which is not listed. */
async function readModel({ state, ui, signal, dispatch }: ModelScreen): Promise<void> {
  const { library, registry } = ui;
  const found = await library.showModel(registry, state.name);
  const versions = await library.listVersions(registry, state.name);
  dispatch({ type: 'read', model: found, versions });
  const waiting: VersionRecord[] = [];
  let enough = RECORDS_AT_FIRST;
  const onRecord = (record: VersionRecord) => {
    waiting.push(record);
    if (waiting.length < enough) return;
    enough *= 2;
    dispatch({ type: 'records', records: waiting.splice(0) });
  };
  await library.modelHistory(registry, state.name, { limit: RECORDS_MAX, signal, onRecord });
  dispatch({ type: 'records', records: waiting });
}
