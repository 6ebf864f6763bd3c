import { type FormAction, type FormState, formState, reduceForm, textOf } from '../../form/form-state.ts';
import type { Ui } from '../../ui/ui.ts';

/** One line of text that is asked for. */
export interface AskedField {
  readonly name: string;
  readonly label: string;
  /** What belongs there. */
  readonly about: string;
  /** What stands there at first. */
  readonly text?: string;
  readonly placeholder?: string;
  /** Why a text cannot be taken; `null` when it can. */
  readonly problem?: (text: string) => string | null;
  /** Shows dots, as for a passphrase. */
  readonly hidden?: boolean;
}

/** What was typed, by the names of the fields. */
export type Answers = Readonly<Record<string, string>>;

/** A few lines of text to ask for, and what to do with them. */
export interface Question {
  /** Where one is, behind the registry's name. */
  readonly trail: readonly string[];
  readonly question: string;
  readonly fields: readonly AskedField[];
  /** What answering does, and what leaving does, in a word or two for the keys. */
  readonly label: string;
  readonly leave?: string;
  /** Said while it is done, where that takes a moment. */
  readonly meanwhile?: string;
  /** The question goes away when it resolves; what it throws is shown, and can be mended. */
  readonly answer: (answers: Answers, ui: Ui) => Promise<void>;
}

export interface AskState {
  readonly asked: Question;
  readonly form: FormState<string>;
}

export type AskAction = FormAction<string>;

export function startAsking(asked: Question): AskState {
  const texts = asked.fields.map(({ name, text = '' }) => [name, text]);
  return { asked, form: formState(Object.fromEntries(texts)) };
}

export function reduceAsking(state: AskState, action: AskAction): AskState {
  return { ...state, form: reduceForm(state.form, action) };
}

/** Why a field cannot be taken as it is. */
export function fieldProblem({ form }: AskState, { name, problem }: AskedField): string | null {
  return problem?.(textOf(form, name)) ?? null;
}

/** The first field that cannot be taken as it is. */
export function firstProblem(state: AskState): string | null {
  const problems = state.asked.fields.map((field) => fieldProblem(state, field));
  return problems.find((problem) => problem !== null) ?? null;
}

export function answersOf({ form }: AskState): Answers {
  return Object.fromEntries(form.names.map((name) => [name, textOf(form, name)]));
}
