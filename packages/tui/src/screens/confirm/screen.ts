import type { ScreenKind } from '../../ui/ui.ts';
import type { Question } from './state.ts';
import { ConfirmView } from './view.tsx';

/** Asks before something is done that cannot be undone. */
export const confirm: ScreenKind<Question, Question, never> = {
  name: 'confirm',
  trail: ({ title }) => [title],
  start: (question) => question,
  reduce: (state) => state,
  bindings: [
    {
      keys: ['y'],
      label: 'yes',
      run: ({ state, close }) => {
        close();
        state.run();
      },
    },
    { keys: ['esc', 'n'], label: 'no', run: ({ close }) => close() },
  ],
  View: ConfirmView,
};
