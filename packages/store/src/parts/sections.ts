import { claim } from './formats/claim.ts';
import type { Span } from './formats/layout.ts';

/** Up to this many bytes of padding belong to what they follow; a larger hole is a section of its own. */
export const PADDING_SIZE_MAX = 2 ** 16;

/** A span with the padding after it. Sections fill a file from 0 to its end. */
export interface Section extends Span {
  /** Just past the padding: where the next section begins. */
  readonly stop: number;
}

/**
 * Puts the spans of a file in order and fills what is between them.
 *
 * @throws BrokenClaim when spans overlap or reach beyond the file
 */
export function sectionsOf(spans: readonly Span[], fileSize: number): Section[] {
  const sections: Section[] = [];
  const ordered = spans.filter((span) => span.end > span.start).sort((a, b) => a.start - b.start);
  const first = ordered[0]?.start ?? fileSize;
  if (first > 0) sections.push(hole(0, first));
  for (const [index, span] of ordered.entries()) {
    const next = ordered[index + 1]?.start ?? fileSize;
    claim(span.end <= next, 'what a file holds lies one behind the other within it');
    const isPadding = next - span.end <= PADDING_SIZE_MAX;
    sections.push({ ...span, stop: isPadding ? next : span.end });
    if (!isPadding) sections.push(hole(span.end, next));
  }
  return sections;
}

function hole(start: number, end: number): Section {
  return { kind: 'frame', name: '', start, end, stop: end };
}
