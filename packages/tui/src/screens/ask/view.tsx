import { Lines } from '../../components/lines.tsx';
import { formLines } from '../../form/form-rows.ts';
import { EMPTY, line, span } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import type { ViewProps } from '../../ui/ui.ts';
import { type AskState, fieldProblem } from './state.ts';

export function AskView({ state, area }: ViewProps<AskState>) {
  const { question, fields, meanwhile } = state.asked;
  const texts = Object.fromEntries(
    fields.map((field) => [field.name, { ...field, problem: fieldProblem(state, field) }]),
  );
  const lines = [
    EMPTY,
    ...wrapLine(line(question), area.width - 4).map((each) => line('  ', ...each)),
    ...formLines(state.form, texts, area.width),
    ...(state.form.isBusy && meanwhile ? [line(span(`  ${meanwhile} …`, 'faint'))] : []),
  ];
  return <Lines lines={lines} area={area} />;
}
