import { EMPTY, line } from '../text/line.ts';
import { wrapLine } from '../text/wrap.ts';
import { SIZE_MIN } from '../ui/size.ts';
import type { Area } from '../ui/ui.ts';
import { Lines } from './lines.tsx';

/** What a terminal shows in which no screen would fit. */
export function TooSmall({ area }: { area: Area }) {
  const text = `Cairn needs a terminal of ${SIZE_MIN.width} × ${SIZE_MIN.height}; this one has ${area.width} × ${area.height}. q quits.`;
  return <Lines lines={[EMPTY, ...wrapLine(line(text), area.width)]} area={area} />;
}
