import { listKeys } from '../../list/list-keys.ts';
import { scrollText } from '../../list/scroll.ts';
import type { KeyHelp, ScreenKind } from '../../ui/ui.ts';
import { helpLines } from './rows.ts';
import { type HelpAction, type HelpState, reduceHelp } from './state.ts';
import { HelpView } from './view.tsx';

/** Every key that the screen below has as it is now, from the same tables that the keys are found in. */
export const help: ScreenKind<readonly KeyHelp[], HelpState, HelpAction> = {
  name: 'help',
  trail: () => ['help'],
  start: (keys) => ({ keys, top: 0 }),
  reduce: reduceHelp,
  bindings: listKeys(({ state, area, dispatch }, move) => {
    const extent = { count: helpLines(state.keys, area.width).length, height: area.height };
    dispatch({ type: 'scrolled', top: scrollText(state.top, move, extent) });
  }),
  View: HelpView,
};
