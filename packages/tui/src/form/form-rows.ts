import { cell, EMPTY, type Line, line, span } from '../text/line.ts';
import { wrapLine } from '../text/wrap.ts';
import { fieldLine } from './field-rows.ts';
import type { FormState } from './form-state.ts';

/** What a form says of one of its fields. */
export interface FieldText {
  readonly label: string;
  readonly placeholder?: string;
  /** Says what belongs there, while the field has the cursor. */
  readonly about?: string;
  /** What is wrong with what is in it; `null` when nothing is. */
  readonly problem: string | null;
  readonly hidden?: boolean;
}

const LABEL_WIDTH = 14;

/** The fields one below the other, each with what is wrong with it or what belongs into it. */
export function formLines<Name extends string>(
  form: FormState<Name>,
  texts: Readonly<Record<Name, FieldText>>,
  width: number,
): Line[] {
  const lines = form.names.flatMap((name) => fieldLines(form, { name, text: texts[name] }, width));
  const failure =
    form.failure === null ? [] : wrapped(line(span('✗ ', 'bad'), span(form.failure, 'bad')), width);
  return [EMPTY, ...lines, ...failure];
}

function fieldLines<Name extends string>(
  form: FormState<Name>,
  { name, text }: { readonly name: Name; readonly text: FieldText },
  width: number,
): Line[] {
  const hasFocus = form.focus === name;
  const field = fieldLine(form.fields[name], {
    width: Math.max(10, Math.min(70, width - LABEL_WIDTH - 6)),
    hasFocus,
    ...(text.placeholder !== undefined && { placeholder: text.placeholder }),
    ...(text.hidden && { hidden: true }),
  });
  const label = cell(text.label, LABEL_WIDTH, { tone: hasFocus ? 'strong' : 'faint' });
  const indent = ' '.repeat(LABEL_WIDTH + 2);
  const note = wrapLine(noteLine(form, { name, text }), width - LABEL_WIDTH - 4);
  return [
    line(span(hasFocus ? '› ' : '  ', 'accent'), label, ...field),
    ...note.map((each) => line(indent, ...each)),
  ];
}

/** Nobody is told what is missing in a field that was not filled in yet. */
function noteLine<Name extends string>(
  form: FormState<Name>,
  { name, text }: { readonly name: Name; readonly text: FieldText },
): Line {
  const isSaid = form.isTried || form.fields[name].text !== '';
  if (text.problem !== null && isSaid) return line(span(text.problem, 'bad'));
  return form.focus === name && text.about ? line(span(text.about, 'faint')) : EMPTY;
}

function wrapped(of: Line, width: number): Line[] {
  return wrapLine(of, width - 4).map((each) => line('  ', ...each));
}
