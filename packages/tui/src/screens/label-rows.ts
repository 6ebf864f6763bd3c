import { type Line, span } from '../text/line.ts';

/** `task=regression  owner=team-a`. */
export function labelSpans(labels: Readonly<Record<string, string>>): Line {
  return Object.entries(labels).flatMap(([key, value], index) => [
    ...(index > 0 ? [span('  ')] : []),
    span(`${key}=`, 'faint'),
    span(value),
  ]);
}
