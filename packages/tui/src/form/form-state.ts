import type { Typed } from '../keys/key.ts';
import { type TextField, textField, typeInto } from './text-field.ts';

/** Fields that are filled in, one of which has the cursor. */
export interface FormState<Name extends string> {
  readonly names: readonly Name[];
  readonly fields: Readonly<Record<Name, TextField>>;
  readonly focus: Name;
  /** Whether it has been tried to be done: then all that is missing is said. */
  readonly isTried: boolean;
  /** Why what was done has failed. */
  readonly failure: string | null;
  /** Whether it is being done. */
  readonly isBusy: boolean;
}

export type FormAction<Name extends string> =
  | { readonly type: 'typed'; readonly typed: Typed }
  | { readonly type: 'focus'; readonly by: number }
  | { readonly type: 'focused'; readonly name: Name }
  | { readonly type: 'filled'; readonly name: Name; readonly text: string }
  | { readonly type: 'tried' | 'begun' | 'ended' }
  | { readonly type: 'failed'; readonly failure: string };

/** A form whose fields begin with these texts, in this order. */
export function formState<Name extends string>(texts: Readonly<Record<Name, string>>): FormState<Name> {
  const names = Object.keys(texts) as Name[];
  const fields = Object.fromEntries(names.map((name) => [name, textField(texts[name])]));
  return {
    names,
    fields: fields as Record<Name, TextField>,
    focus: names[0]!,
    isTried: false,
    failure: null,
    isBusy: false,
  };
}

export function textOf<Name extends string>({ fields }: FormState<Name>, name: Name): string {
  return fields[name].text;
}

export function reduceForm<Name extends string>(
  form: FormState<Name>,
  action: FormAction<Name>,
): FormState<Name> {
  switch (action.type) {
    case 'typed':
      return withField(form, form.focus, typeInto(form.fields[form.focus], action.typed));
    case 'focus': {
      const index = form.names.indexOf(form.focus) + action.by;
      return { ...form, focus: form.names[Math.max(0, Math.min(index, form.names.length - 1))]! };
    }
    case 'focused':
      return { ...form, focus: action.name };
    case 'filled':
      return withField(form, action.name, textField(action.text));
    case 'tried':
      return { ...form, isTried: true };
    case 'begun':
      return { ...form, isBusy: true, failure: null };
    case 'ended':
      return { ...form, isBusy: false };
    case 'failed':
      return { ...form, isBusy: false, failure: action.failure };
  }
}

function withField<Name extends string>(
  form: FormState<Name>,
  name: Name,
  field: TextField,
): FormState<Name> {
  return { ...form, fields: { ...form.fields, [name]: field }, failure: null };
}
