import type { ModelDeletion } from '@cairn/core';
import { type FormAction, type FormState, formState, reduceForm, textOf } from '../../form/form-state.ts';

export interface DeleteModelState {
  readonly name: string;
  readonly plan: ModelDeletion | null;
  readonly form: FormState<'name'>;
}

export type DeleteModelAction =
  | FormAction<'name'>
  | { readonly type: 'planned'; readonly plan: ModelDeletion };

export function startDeleteModel(name: string): DeleteModelState {
  return { name, plan: null, form: formState({ name: '' }) };
}

export function reduceDeleteModel(state: DeleteModelState, action: DeleteModelAction): DeleteModelState {
  if (action.type === 'planned') return { ...state, plan: action.plan };
  return { ...state, form: reduceForm(state.form, action) };
}

/** Why it is not deleted yet; `null` when the name has been typed. */
export function refusalOf({ plan, form, name }: DeleteModelState): string | null {
  if (plan === null) return 'what would come free is still being worked out';
  return textOf(form, 'name') === name ? null : `type ${name} to delete it`;
}
