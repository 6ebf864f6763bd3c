import { formatAge, formatCount, formatSize } from '@cairn/core/units';
import { EMPTY, type Line, line, span } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import { type DeleteVersionState, refusalOf } from './state.ts';

/** What goes, what comes free, and how to say yes. */
export function deleteVersionLines(state: DeleteVersionState, width: number, now: Date): Line[] {
  const { model, version, details, plan } = state;
  const wrapped = (of: Line) => wrapLine(of, width - 4).map((each) => line('  ', ...each));
  const lines = [EMPTY, line('  ', span(`Delete ${model}@${version}?`, 'heading')), EMPTY];
  if (details) {
    const { files, size, createdAt, createdBy, description } = details;
    lines.push(...wrapped(line(`${formatCount(files.length, 'file')}, ${formatSize(size)}`)));
    lines.push(...wrapped(line(span(`added ${formatAge(createdAt, now)} by ${createdBy.name}`, 'faint'))));
    if (description !== '') lines.push(...wrapped(line(span(description, 'emphasis'))));
    lines.push(EMPTY);
  }
  lines.push(...wrapped(freedLine(plan)));
  const refusal = refusalOf(state);
  if (plan === null) return lines;
  if (refusal !== null) return [...lines, EMPTY, ...wrapped(line(span(refusal, 'warning')))];
  lines.push(...wrapped(line(span('It cannot be taken back.', 'warning'))), EMPTY);
  return [...lines, line('  ', span('y', 'key'), ' delete it   ', span('Esc', 'key'), ' leave it')];
}

function freedLine(plan: DeleteVersionState['plan']): Line {
  if (plan === null) return line(span('working out what comes free …', 'faint'));
  if (plan.pending) return line('Bytes come free with a later collection: the model is in use or damaged.');
  return line(span(formatSize(plan.freed), 'strong'), ' come free; what other versions share with it stays.');
}
