import { type FormAction, type FormState, formState, reduceForm, textOf } from '../../form/form-state.ts';
import { parseLabels } from '../../form/labels.ts';

export type NewModelField = 'name' | 'description' | 'labels';

export interface NewModelState {
  readonly form: FormState<NewModelField>;
  /** Names that are taken, as far as they have been read. */
  readonly taken: readonly string[];
}

export type NewModelAction =
  | FormAction<NewModelField>
  | { readonly type: 'read'; readonly taken: readonly string[] };

export const NEW_MODEL_START: NewModelState = {
  form: formState({ name: '', description: '', labels: '' }),
  taken: [],
};

export function reduceNewModel(state: NewModelState, action: NewModelAction): NewModelState {
  if (action.type === 'read') return { ...state, taken: action.taken };
  return { ...state, form: reduceForm(state.form, action) };
}

/** What is wrong with the name; two that differ only in case cannot stand beside each other. */
export function nameProblem(
  { form, taken }: NewModelState,
  check: (name: string) => string | null,
): string | null {
  const name = textOf(form, 'name');
  if (name === '') return 'give it a name';
  const other = taken.find((each) => each.toLowerCase() === name.toLowerCase());
  if (other === name) return `there is a model ${name} already`;
  return other === undefined ? check(name) : `${other} differs from it only in case`;
}

export function labelsOf({ form }: NewModelState): Record<string, string> | null {
  return parseLabels(textOf(form, 'labels'));
}
