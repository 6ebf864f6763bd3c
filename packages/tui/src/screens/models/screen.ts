import type { ModelSummary } from '@cairn/core';
import { formatCount } from '@cairn/core/units';
import { tableKeys } from '../../list/table-keys.ts';
import { pointInTable } from '../../list/table-pointer.ts';
import { selectedRow, type TableAction } from '../../list/table-state.ts';
import { tableHeight } from '../../list/table-view.tsx';
import { describeFailure } from '../../ui/failure.ts';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import { deleteModel } from '../delete-model/screen.ts';
import { editModel } from '../edit-model/screen.ts';
import { model } from '../model/screen.ts';
import { newModel } from '../new-model/screen.ts';
import { sharing } from '../sharing/screen.ts';
import { startPulling, startPushing } from '../sharing-tasks.ts';
import { modelsLayout } from './layout.ts';
import { MODELS_START, type ModelsAction, type ModelsState, reduceModels } from './state.ts';
import { ModelsView } from './view.tsx';

type ModelsScreen = Screen<ModelsState, ModelsAction>;

const selected = ({ state }: ModelsScreen): ModelSummary | null => selectedRow(state.table);

const needsOne = (screen: ModelsScreen): string | null => {
  if (!screen.state.isRead) return 'the models are still being read';
  return selected(screen) ? null : 'there is no model to select';
};

const needsReadable = (screen: ModelsScreen): string | null => {
  const problem = selected(screen)?.problem;
  return needsOne(screen) ?? (problem ? `it cannot be read: ${problem.message}` : null);
};

function inTable(screen: ModelsScreen, action: TableAction<ModelSummary>): void {
  screen.dispatch({ type: 'table', action });
  readDetails(screen);
}

function openSelected(screen: ModelsScreen): void {
  screen.ui.router.open(model, selected(screen)!.name);
}

function heightOf({ state, area }: ModelsScreen): number {
  return tableHeight(state.table, modelsLayout(area).list);
}

/** The models of the registry. */
export const models: ScreenKind<null, ModelsState, ModelsAction> = {
  name: 'models',
  trail: () => [],
  aside: ({ table, isRead }) => (isRead ? formatCount(table.rows.length, 'model') : ''),
  start: () => MODELS_START,
  reduce: reduceModels,
  read: async (screen) => {
    const { library, registry } = screen.ui;
    screen.dispatch({ type: 'read', models: await library.listModels(registry) });
    await showDetails(screen);
  },
  watches: ({ table }) => table.rows.map(({ name }) => name),
  bindings: [
    {
      keys: ['enter', 'right', 'l'],
      label: 'open',
      refusal: needsReadable,
      run: openSelected,
    },
    { keys: ['n'], label: 'new', help: 'make a model', run: ({ ui }) => ui.router.open(newModel, null) },
    {
      keys: ['e'],
      label: 'edit',
      help: 'change description, labels and card',
      refusal: needsReadable,
      run: (screen) => screen.ui.router.open(editModel, selected(screen)!.name),
    },
    {
      keys: ['d'],
      label: 'delete',
      help: 'delete the model with all its versions, after asking',
      refusal: needsOne,
      run: (screen) => screen.ui.router.open(deleteModel, selected(screen)!.name),
    },
    {
      keys: ['p'],
      label: 'pull',
      help: 'bring what others have shared',
      quiet: true,
      run: ({ ui }) => startPulling(ui, {}),
    },
    {
      keys: ['P'],
      label: 'push',
      help: 'send what the remote does not have',
      quiet: true,
      run: ({ ui }) => startPushing(ui, {}),
    },
    {
      keys: ['R'],
      label: 'sharing',
      help: 'where the registry is shared, and how each model stands to it',
      run: ({ ui }) => ui.router.open(sharing, null),
    },
    ...tableKeys<ModelsScreen, ModelSummary>({
      table: ({ state }) => state.table,
      dispatch: inTable,
      height: heightOf,
    }),
  ],
  isTyping: ({ table }) => table.search.isOpen,
  type: (screen, typed) => inTable(screen, { type: 'typed', typed }),
  point: (screen, event) => {
    const { state } = screen;
    const found = pointInTable(state.table, { top: 0, height: heightOf(screen) }, event);
    if (found === 'open') openSelected(screen);
    else if (found) inTable(screen, found.action);
  },
  View: ModelsView,
};

/** Reads what is known of the selected model, unless the panel shows it already. */
function readDetails(screen: ModelsScreen): void {
  const name = selected(screen)?.name;
  if (name === undefined || name === screen.state.details?.name) return;
  screen.ui.run(() => showDetails(screen));
}

/** Those of a model that is not selected any more are dropped. */
async function showDetails(screen: ModelsScreen): Promise<void> {
  const name = selected(screen)?.name;
  if (name === undefined) return;
  const { library, registry } = screen.ui;
  try {
    const found = await library.showModel(registry, name);
    if (selected(screen)?.name === name)
      screen.dispatch({ type: 'details', details: { name, model: found } });
  } catch (error) {
    screen.dispatch({ type: 'details', details: { name, failure: describeFailure(error) } });
  }
}
