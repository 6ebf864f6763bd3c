import { type Line, line, lineWidth, span } from '../text/line.ts';

export interface Tab {
  readonly label: string;
  readonly isHere: boolean;
}

/**
 * The parts of a screen side by side; brackets show where one is, also without colours. Where they do not all fit, as
 * many of them as do around that place.
 */
export function tabLine(tabs: readonly Tab[], width: number): Line {
  const here = Math.max(
    0,
    tabs.findIndex(({ isHere }) => isHere),
  );
  let [from, to] = [0, tabs.length];
  while (lineWidth(shownTabs(tabs, from, to)) > width && to - from > 1) {
    if (here - from > to - 1 - here) from += 1;
    else to -= 1;
  }
  return shownTabs(tabs, from, to);
}

function shownTabs(tabs: readonly Tab[], from: number, to: number): Line {
  const labels = tabs
    .slice(from, to)
    .flatMap(({ label, isHere }, index) => [
      span(index > 0 ? ' ' : ''),
      isHere ? span(`[${label}]`, 'heading') : span(` ${label} `, 'faint'),
    ]);
  const before = from > 0 ? '… ' : ' ';
  const after = to < tabs.length ? ' …' : '';
  return line(span(before, 'faint'), ...labels, span(after, 'faint'));
}
