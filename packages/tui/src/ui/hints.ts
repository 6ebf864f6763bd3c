import { hintBar, hintsOf } from '../keys/hints.ts';
import type { Line } from '../text/line.ts';
import { GLOBAL_KEYS } from './global-keys.ts';
import type { Ui } from './ui.ts';

/** The bar at the bottom: the keys of the screen on top, then those that work everywhere. */
export function barOf(ui: Ui, width: number): Line {
  const screen = ui.router.top();
  return hintBar(screen.hints(), hintsOf(GLOBAL_KEYS, ui, screen.isTyping()), width);
}
