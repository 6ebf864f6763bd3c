import { type FieldText, formLines } from '../../form/form-rows.ts';
import { textOf } from '../../form/form-state.ts';
import { LABELS_PROBLEM, parseLabels } from '../../form/labels.ts';
import { renderMarkdown } from '../../markdown/render.ts';
import { type Line, line, span } from '../../text/line.ts';
import { READING } from '../reading.ts';
import type { EditModelField, EditModelState } from './state.ts';

export function editModelLines({ model, form, card }: EditModelState, width: number): readonly Line[] {
  if (model === null) return READING;
  const texts: Record<EditModelField, FieldText> = {
    description: { label: 'description', problem: null },
    labels: {
      label: 'labels',
      problem: parseLabels(textOf(form, 'labels')) === null ? LABELS_PROBLEM : null,
    },
  };
  const changed = card === model.card ? '' : ', changed';
  return [
    ...formLines(form, texts, width),
    line('  ', span(`card${changed}`, 'faint'), '  ', span('Ctrl-O', 'key'), ' edits it'),
    ...renderMarkdown(card, width - 6).map((each) => line('    ', ...each)),
  ];
}
