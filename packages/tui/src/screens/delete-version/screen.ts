import { formatSize } from '@cairn/core/units';
import { describeFailure } from '../../ui/failure.ts';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import {
  type DeleteVersionAction,
  type DeleteVersionParams,
  type DeleteVersionState,
  reduceDeleteVersion,
  refusalOf,
  startDeleteVersion,
} from './state.ts';
import { DeleteVersionView } from './view.tsx';

type DeleteVersionScreen = Screen<DeleteVersionState, DeleteVersionAction>;

/** A version that is damaged can be deleted all the same. */
async function readPlan({ ui, state, dispatch }: DeleteVersionScreen): Promise<void> {
  const { library, registry } = ui;
  const { model, version } = state;
  try {
    dispatch({ type: 'details', details: await library.showVersion(registry, { model, version }) });
  } catch (error) {
    if (describeFailure(error).code === 'not-found') throw error;
  }
  dispatch({ type: 'planned', plan: await library.planVersionDeletion(registry, { model, version }) });
}

function carryOut({ ui, state }: DeleteVersionScreen): void {
  const { model, version } = state;
  const subject = `${model}@${version}`;
  ui.router.backTo('model');
  void ui.tasks.start({
    kind: 'delete',
    subject,
    run: () => ui.library.deleteVersion(ui.registry, { model, version }),
    outcome: ({ freed, pending }) => {
      const later = pending ? ' with a later collection' : '';
      return { lines: [`deleted ${subject}: ${formatSize(freed)} freed${later}`] };
    },
  });
}

/** Says what deleting a version takes away, and asks. */
export const deleteVersion: ScreenKind<DeleteVersionParams, DeleteVersionState, DeleteVersionAction> = {
  name: 'delete-version',
  trail: ({ model, version }) => [model, version, 'delete'],
  start: startDeleteVersion,
  reduce: reduceDeleteVersion,
  read: readPlan,
  watches: ({ model }) => [model],
  bindings: [
    {
      keys: ['y'],
      label: 'delete it',
      refusal: ({ state }) => refusalOf(state),
      run: carryOut,
    },
    { keys: ['esc', 'n'], label: 'leave it', run: ({ close }) => close() },
  ],
  View: DeleteVersionView,
};
