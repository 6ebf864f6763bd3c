import { formatCount, formatSize } from '@cairn/core/units';
import { formLines } from '../../form/form-rows.ts';
import { EMPTY, type Line, line, span } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import { type DeleteModelState, refusalOf } from './state.ts';

const NAMED_MAX = 8;

/** What goes, what comes free, and the name to be typed. */
export function deleteModelLines(state: DeleteModelState, width: number): Line[] {
  const { name, plan, form } = state;
  const head = [EMPTY, line('  ', span(`Delete the model ${name} with all its versions?`, 'heading')), EMPTY];
  if (plan === null) return [...head, line(span('  working out what comes free …', 'faint'))];
  const wrapped = (of: Line) => wrapLine(of, width - 4).map((each) => line('  ', ...each));
  const named = plan.versions.slice(0, NAMED_MAX).join(', ');
  const more = plan.versions.length > NAMED_MAX ? ', …' : '';
  const which = plan.versions.length === 0 ? 'It has no versions.' : `${named}${more}`;
  const field = { label: 'its name', problem: refusalOf(state), about: `type ${name} to delete it` };
  return [
    ...head,
    ...wrapped(line(`${formatCount(plan.versions.length, 'version')}: `, span(which, 'name'))),
    ...wrapped(line(span(formatSize(plan.freed), 'strong'), ' come free.')),
    ...wrapped(line(span('It cannot be taken back.', 'warning'))),
    ...formLines(form, { name: field }, width),
  ];
}
