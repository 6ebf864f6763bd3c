import { formKeys } from '../../form/form-keys.ts';
import { textOf } from '../../form/form-state.ts';
import { LABELS_PROBLEM } from '../../form/labels.ts';
import { failureText } from '../../ui/failure.ts';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import { model } from '../model/screen.ts';
import { nameRefusal } from '../name-check.ts';
import {
  labelsOf,
  NEW_MODEL_START,
  type NewModelAction,
  type NewModelField,
  type NewModelState,
  nameProblem,
  reduceNewModel,
} from './state.ts';
import { NewModelView } from './view.tsx';

type NewModelScreen = Screen<NewModelState, NewModelAction>;

function problemOf({ state, ui }: NewModelScreen): string | null {
  const check = (name: string) => nameRefusal(ui.library.checkModelName, name);
  return nameProblem(state, check) ?? (labelsOf(state) === null ? LABELS_PROBLEM : null);
}

function submit({ state, ui, signal, dispatch }: NewModelScreen): void {
  const name = textOf(state.form, 'name');
  const description = textOf(state.form, 'description');
  dispatch({ type: 'begun' });
  ui.run(async () => {
    try {
      await ui.library.createModel(ui.registry, name, { description, labels: labelsOf(state) ?? {} });
    } catch (error) {
      return dispatch({ type: 'failed', failure: failureText(error) });
    }
    ui.say('good', `made the model ${name}`);
    // Who has left the form meanwhile stays where that led to.
    if (!signal.aborted) ui.router.replace(model, name);
  });
}

/** A form for a model without versions. */
export const newModel: ScreenKind<null, NewModelState, NewModelAction> = {
  name: 'new-model',
  trail: () => ['new model'],
  start: () => NEW_MODEL_START,
  reduce: reduceNewModel,
  read: async ({ ui, dispatch }) => {
    const models = await ui.library.listModels(ui.registry);
    dispatch({ type: 'read', taken: models.map(({ name }) => name) });
  },
  bindings: [
    ...formKeys<NewModelScreen, NewModelField>({
      form: ({ state }) => state.form,
      dispatch: ({ dispatch }, action) => dispatch(action),
      problem: problemOf,
      submit,
      label: 'make it',
    }),
    { keys: ['esc'], label: 'leave it', whileTyping: true, run: ({ close }) => close() },
  ],
  isTyping: () => true,
  type: ({ dispatch }, typed) => dispatch({ type: 'typed', typed }),
  View: NewModelView,
};
