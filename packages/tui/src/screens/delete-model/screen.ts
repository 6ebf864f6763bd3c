import { formatSize } from '@cairn/core/units';
import { formKeys } from '../../form/form-keys.ts';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import {
  type DeleteModelAction,
  type DeleteModelState,
  reduceDeleteModel,
  refusalOf,
  startDeleteModel,
} from './state.ts';
import { DeleteModelView } from './view.tsx';

type DeleteModelScreen = Screen<DeleteModelState, DeleteModelAction>;

function carryOut({ ui, state }: DeleteModelScreen): void {
  const { name } = state;
  ui.router.backTo('models');
  void ui.tasks.start({
    kind: 'delete',
    subject: name,
    run: () => ui.library.deleteModel(ui.registry, name),
    outcome: ({ freed }) => ({ lines: [`deleted the model ${name}: ${formatSize(freed)} freed`] }),
  });
}

/** Says what deleting a model takes away, and has its name typed. */
export const deleteModel: ScreenKind<string, DeleteModelState, DeleteModelAction> = {
  name: 'delete-model',
  trail: ({ name }) => [name, 'delete'],
  start: startDeleteModel,
  reduce: reduceDeleteModel,
  read: async ({ ui, state, dispatch }) => {
    dispatch({ type: 'planned', plan: await ui.library.planModelDeletion(ui.registry, state.name) });
  },
  watches: ({ name }) => [name],
  bindings: [
    ...formKeys<DeleteModelScreen, 'name'>({
      form: ({ state }) => state.form,
      dispatch: ({ dispatch }, action) => dispatch(action),
      problem: ({ state }) => refusalOf(state),
      submit: carryOut,
      label: 'delete it',
    }),
    { keys: ['esc'], label: 'leave it', whileTyping: true, run: ({ close }) => close() },
  ],
  isTyping: () => true,
  type: ({ dispatch }, typed) => dispatch({ type: 'typed', typed }),
  View: DeleteModelView,
};
