import type { ModelSummary } from '@cairn/core';
import { formatAge, formatSize } from '@cairn/core/units';
import type { Column } from '../../list/table.ts';
import { renderMarkdown } from '../../markdown/render.ts';
import { EMPTY, type Line, line, plainText, span } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import { failureLines } from '../../ui/failure-rows.ts';
import { labelSpans } from '../label-rows.ts';
import type { ModelDetails } from './state.ts';

export const NO_MODELS: readonly Line[] = [
  EMPTY,
  line('  There are no models yet.'),
  EMPTY,
  line('  ', span('n', 'key'), ' makes one.'),
];

export function modelColumns(now: Date): Column<ModelSummary>[] {
  const unless =
    (text: (model: ModelSummary) => string): Column<ModelSummary>['text'] =>
    (model) =>
      model.problem ? '' : text(model);
  return [
    {
      name: 'name',
      header: 'MODEL',
      text: ({ name }) => name,
      tone: ({ problem }) => (problem ? 'bad' : 'name'),
      shrinksTo: 12,
    },
    {
      name: 'latest',
      header: 'LATEST',
      text: (model) => (model.problem ? 'cannot be read' : (model.latest ?? '–')),
      tone: ({ problem }) => (problem ? 'bad' : 'plain'),
      shrinksTo: 8,
    },
    {
      name: 'versions',
      header: 'VERSIONS',
      align: 'right',
      text: unless(({ versions }) => String(versions)),
      leaves: 2,
    },
    {
      name: 'size',
      header: 'SIZE',
      align: 'right',
      text: unless(({ latest, size }) => (latest === null ? '–' : formatSize(size))),
      leaves: 3,
    },
    {
      name: 'changed',
      header: 'CHANGED',
      text: unless(({ modifiedAt }) => formatAge(modifiedAt, now)),
      tone: 'faint',
      leaves: 1,
    },
    {
      name: 'by',
      header: 'BY',
      text: unless(({ modifiedBy }) => modifiedBy.name),
      tone: 'faint',
      shrinksTo: 8,
      leaves: 4,
    },
  ];
}

/** Description, labels and card of a model, as the panel beside the list shows them. */
export function detailLines(details: ModelDetails, width: number): Line[] {
  if ('failure' in details) return failureLines(details.failure, width);
  const { description, labels, card, name } = details.model;
  const told = description === '' ? line(span('no description', 'faint')) : line(description);
  const labelled = labelSpans(labels);
  return [
    line(span(name, 'name')),
    ...wrapLine(told, width),
    ...(labelled.length > 0 ? wrapLine(labelled, width) : []),
    EMPTY,
    ...withoutTitle(renderMarkdown(card, width), name),
  ];
}

/** A title, the rule below it, and the empty line behind both. */
const TITLE_LINES = 3;

/** The card without a title that only repeats the name above it. */
function withoutTitle(card: readonly Line[], name: string): readonly Line[] {
  return plainText(card[0] ?? EMPTY) === name ? card.slice(TITLE_LINES) : card;
}
