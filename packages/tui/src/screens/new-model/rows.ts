import { type FieldText, formLines } from '../../form/form-rows.ts';
import { LABELS_PROBLEM } from '../../form/labels.ts';
import type { Line } from '../../text/line.ts';
import { labelsOf, type NewModelField, type NewModelState, nameProblem } from './state.ts';

export function newModelLines(
  state: NewModelState,
  width: number,
  check: (name: string) => string | null,
): Line[] {
  const texts: Record<NewModelField, FieldText> = {
    name: { label: 'name', about: 'letters, digits and . _ -', problem: nameProblem(state, check) },
    description: { label: 'description', about: 'one line on what it is', problem: null },
    labels: {
      label: 'labels',
      placeholder: 'task=regression owner=team-a',
      problem: labelsOf(state) === null ? LABELS_PROBLEM : null,
    },
  };
  return formLines(state.form, texts, width);
}
