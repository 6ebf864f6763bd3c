import type { Binding } from '../keys/binding.ts';
import type { FormAction, FormState } from './form-state.ts';

export interface FormAccess<Screen, Name extends string> {
  readonly form: (screen: Screen) => FormState<Name>;
  readonly dispatch: (screen: Screen, action: FormAction<Name>) => void;
  /** The first thing that is wrong; `null` when the form can be done. */
  readonly problem: (screen: Screen) => string | null;
  readonly submit: (screen: Screen) => void;
  /** What submitting does, for the hints. */
  readonly label: Binding<Screen>['label'];
}

/** The keys of any form: from field to field, and done. */
export function formKeys<Screen, Name extends string>({
  form,
  dispatch,
  problem,
  submit,
  label,
}: FormAccess<Screen, Name>): Binding<Screen>[] {
  const isLast = (screen: Screen) => form(screen).focus === form(screen).names.at(-1);
  const trySubmit = (screen: Screen) => {
    if (form(screen).isBusy) return;
    dispatch(screen, { type: 'tried' });
    if (problem(screen) === null) submit(screen);
  };
  return [
    { keys: ['enter'], label, whileTyping: true, when: isLast, run: trySubmit },
    {
      keys: ['enter', 'down', 'tab'],
      label: 'next field',
      whileTyping: true,
      when: (screen) => !isLast(screen),
      run: (screen) => dispatch(screen, { type: 'focus', by: 1 }),
    },
    {
      keys: ['up', 'shift+tab'],
      label: 'field before',
      quiet: true,
      whileTyping: true,
      run: (screen) => dispatch(screen, { type: 'focus', by: -1 }),
    },
    { keys: ['ctrl+s'], label, whileTyping: true, when: (screen) => !isLast(screen), run: trySubmit },
  ];
}
