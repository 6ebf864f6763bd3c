import { formKeys } from '../../form/form-keys.ts';
import { LABELS_PROBLEM } from '../../form/labels.ts';
import { failureText } from '../../ui/failure.ts';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import { leaveForm } from '../leaving.ts';
import {
  changesOf,
  type EditModelAction,
  type EditModelField,
  type EditModelState,
  reduceEditModel,
  startEditModel,
} from './state.ts';
import { EditModelView } from './view.tsx';

type EditModelScreen = Screen<EditModelState, EditModelAction>;

function submit({ state, ui, dispatch, close }: EditModelScreen): void {
  const changes = changesOf(state)!;
  if (Object.keys(changes).length === 0) {
    close();
    return;
  }
  dispatch({ type: 'begun' });
  ui.run(async () => {
    try {
      await ui.library.editModel(ui.registry, state.name, changes);
    } catch (error) {
      return dispatch({ type: 'failed', failure: failureText(error) });
    }
    ui.say('good', `changed ${state.name}`);
    close();
  });
}

function hasChanges(state: EditModelState): boolean {
  const changes = changesOf(state);
  return state.model !== null && (changes === null || Object.keys(changes).length > 0);
}

function editCard({ state, ui, dispatch }: EditModelScreen): void {
  ui.run(async () => {
    const card = await ui.editText(state.card, `${state.name}.md`);
    if (card !== null) dispatch({ type: 'card', card });
  });
}

/** A form for what is said of a model. */
export const editModel: ScreenKind<string, EditModelState, EditModelAction> = {
  name: 'edit-model',
  trail: ({ name }) => [name, 'edit'],
  start: startEditModel,
  reduce: reduceEditModel,
  read: async ({ ui, state, dispatch }) => {
    dispatch({ type: 'read', model: await ui.library.showModel(ui.registry, state.name) });
  },
  bindings: [
    ...formKeys<EditModelScreen, EditModelField>({
      form: ({ state }) => state.form,
      dispatch: ({ dispatch }, action) => dispatch(action),
      problem: ({ state }) => (changesOf(state) === null ? LABELS_PROBLEM : null),
      submit,
      label: 'save',
    }),
    {
      keys: ['esc'],
      label: 'leave it',
      whileTyping: true,
      run: (screen) => leaveForm(screen, hasChanges(screen.state)),
    },
    {
      keys: ['ctrl+o'],
      label: 'edit the card',
      help: 'edit the model card in your editor',
      whileTyping: true,
      refusal: ({ ui }) => (ui.host.runProgram ? null : 'there is no editor'),
      run: editCard,
    },
  ],
  isTyping: () => true,
  type: ({ dispatch }, typed) => dispatch({ type: 'typed', typed }),
  View: EditModelView,
};
