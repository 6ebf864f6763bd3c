import { formKeys } from '../../form/form-keys.ts';
import { failureText } from '../../ui/failure.ts';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import {
  type AskAction,
  type AskState,
  answersOf,
  firstProblem,
  type Question,
  reduceAsking,
  startAsking,
} from './state.ts';
import { AskView } from './view.tsx';

type AskScreen = Screen<AskState, AskAction>;

function submit({ state, ui, dispatch, close }: AskScreen): void {
  dispatch({ type: 'begun' });
  ui.run(async () => {
    try {
      await state.asked.answer(answersOf(state), ui);
    } catch (error) {
      return dispatch({ type: 'failed', failure: failureText(error) });
    }
    close();
  });
}

/** Asks for a few lines of text, and does something with them. */
export const ask: ScreenKind<Question, AskState, AskAction> = {
  name: 'ask',
  trail: ({ asked }) => asked.trail,
  start: startAsking,
  reduce: reduceAsking,
  bindings: [
    ...formKeys<AskScreen, string>({
      form: ({ state }) => state.form,
      dispatch: ({ dispatch }, action) => dispatch(action),
      problem: ({ state }) => firstProblem(state),
      submit,
      label: ({ state }) => state.asked.label,
    }),
    {
      keys: ['esc'],
      label: ({ state }) => state.asked.leave ?? 'leave it',
      whileTyping: true,
      run: ({ close }) => close(),
    },
  ],
  isTyping: () => true,
  type: ({ dispatch }, typed) => dispatch({ type: 'typed', typed }),
  View: AskView,
};
