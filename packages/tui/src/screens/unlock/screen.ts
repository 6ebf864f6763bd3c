import type { Unlock } from '@cairn/core';
import { formKeys } from '../../form/form-keys.ts';
import { type FormAction, type FormState, formState, reduceForm, textOf } from '../../form/form-state.ts';
import { describeFailure } from '../../ui/failure.ts';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import { UnlockView } from './view.tsx';

export interface UnlockParams {
  /** What is to be opened. */
  readonly what: string;
  /** Opens it, and throws when it does not open. */
  readonly open: (unlock: Unlock) => Promise<void>;
}

export interface UnlockState extends UnlockParams {
  readonly form: FormState<'passphrase'>;
}

type UnlockScreen = Screen<UnlockState, FormAction<'passphrase'>>;

function submit(screen: UnlockScreen): void {
  const { state, ui, dispatch, close } = screen;
  const passphrase = textOf(state.form, 'passphrase');
  dispatch({ type: 'begun' });
  ui.run(async () => {
    try {
      await state.open({ secret: { kind: 'passphrase', passphrase } });
      close();
    } catch (error) {
      dispatch({ type: 'failed', failure: describeFailure(error).message });
    }
  });
}

/** Asks for the passphrase of something that is sealed. */
export const unlock: ScreenKind<UnlockParams, UnlockState, FormAction<'passphrase'>> = {
  name: 'unlock',
  trail: ({ what }) => [what, 'open'],
  start: (params) => ({ ...params, form: formState({ passphrase: '' }) }),
  reduce: (state, action) => ({ ...state, form: reduceForm(state.form, action) }),
  bindings: [
    ...formKeys<UnlockScreen, 'passphrase'>({
      form: ({ state }) => state.form,
      dispatch: ({ dispatch }, action) => dispatch(action),
      problem: ({ state }) => (textOf(state.form, 'passphrase') === '' ? 'give a passphrase' : null),
      submit,
      label: 'open',
    }),
    { keys: ['esc'], label: 'leave it shut', whileTyping: true, run: ({ close }) => close() },
  ],
  isTyping: () => true,
  type: ({ dispatch }, typed) => dispatch({ type: 'typed', typed }),
  View: UnlockView,
};
