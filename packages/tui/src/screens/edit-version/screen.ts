import { formKeys } from '../../form/form-keys.ts';
import { type FormAction, formState, reduceForm, textOf } from '../../form/form-state.ts';
import { failureText } from '../../ui/failure.ts';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import type { EditVersionState } from './state.ts';
import { EditVersionView } from './view.tsx';

export interface EditVersionParams {
  readonly model: string;
  readonly version: string;
  /** As it is now. */
  readonly description: string;
}

type EditVersionScreen = Screen<EditVersionState, FormAction<'description'>>;

function submit({ state, ui, dispatch, close }: EditVersionScreen): void {
  const { model, version } = state;
  const description = textOf(state.form, 'description');
  if (description === state.description) {
    close();
    return;
  }
  dispatch({ type: 'begun' });
  ui.run(async () => {
    try {
      await ui.library.editVersion(ui.registry, { model, version }, { description });
    } catch (error) {
      return dispatch({ type: 'failed', failure: failureText(error) });
    }
    ui.say('good', `changed what is said of ${model}@${version}`);
    close();
  });
}

function editInEditor({ state, ui, dispatch }: EditVersionScreen): void {
  ui.run(async () => {
    const text = await ui.editText(textOf(state.form, 'description'), `${state.version}.txt`);
    if (text !== null) dispatch({ type: 'filled', name: 'description', text: text.trim() });
  });
}

/** A form for what is said of a version. The version itself never changes. */
export const editVersion: ScreenKind<EditVersionParams, EditVersionState, FormAction<'description'>> = {
  name: 'edit-version',
  trail: ({ model, version }) => [model, version, 'edit'],
  start: (params) => ({ ...params, form: formState({ description: params.description }) }),
  reduce: (state, action) => ({ ...state, form: reduceForm(state.form, action) }),
  bindings: [
    ...formKeys<EditVersionScreen, 'description'>({
      form: ({ state }) => state.form,
      dispatch: ({ dispatch }, action) => dispatch(action),
      problem: () => null,
      submit,
      label: 'save',
    }),
    { keys: ['esc'], label: 'leave it', whileTyping: true, run: ({ close }) => close() },
    {
      keys: ['ctrl+o'],
      label: 'in the editor',
      help: 'edit the description in your editor, where it can have several lines',
      whileTyping: true,
      refusal: ({ ui }) => (ui.host.runProgram ? null : 'there is no editor'),
      run: editInEditor,
    },
  ],
  isTyping: () => true,
  type: ({ dispatch }, typed) => dispatch({ type: 'typed', typed }),
  View: EditVersionView,
};
