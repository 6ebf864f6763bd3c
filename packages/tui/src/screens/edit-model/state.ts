import type { Model } from '@cairn/core';
import { type FormAction, type FormState, formState, reduceForm, textOf } from '../../form/form-state.ts';
import { formatLabels, parseLabels } from '../../form/labels.ts';

export type EditModelField = 'description' | 'labels';

export interface EditModelState {
  readonly name: string;
  /** As it was when the form was opened; `null` until it is read. */
  readonly model: Model | null;
  readonly form: FormState<EditModelField>;
  /** Markdown. */
  readonly card: string;
}

export type EditModelAction =
  | FormAction<EditModelField>
  | { readonly type: 'read'; readonly model: Model }
  | { readonly type: 'card'; readonly card: string };

export function startEditModel(name: string): EditModelState {
  return { name, model: null, form: formState({ description: '', labels: '' }), card: '' };
}

export function reduceEditModel(state: EditModelState, action: EditModelAction): EditModelState {
  switch (action.type) {
    case 'read':
      // What is being typed is not replaced by what others have changed meanwhile.
      return state.model === null ? filled(state, action.model) : state;
    case 'card':
      return { ...state, card: action.card };
    default:
      return { ...state, form: reduceForm(state.form, action) };
  }
}

function filled(state: EditModelState, model: Model): EditModelState {
  const { description, labels, card } = model;
  return { ...state, model, form: formState({ description, labels: formatLabels(labels) }), card };
}

/** What is to be changed, and nothing else: others may have changed the rest. `null` while labels cannot be read. */
export function changesOf({ model, form, card }: EditModelState) {
  const labels = parseLabels(textOf(form, 'labels'));
  if (labels === null || model === null) return null;
  const description = textOf(form, 'description');
  const changed: Record<string, string | null> = {};
  for (const [key, value] of Object.entries(labels)) if (model.labels[key] !== value) changed[key] = value;
  for (const key of Object.keys(model.labels)) if (!Object.hasOwn(labels, key)) changed[key] = null;
  return {
    ...(description !== model.description && { description }),
    ...(Object.keys(changed).length > 0 && { labels: changed }),
    ...(card !== model.card && { card }),
  };
}
