import { listKeys } from '../../list/list-keys.ts';
import { scrollText } from '../../list/scroll.ts';
import type { Notice } from '../../ui/notice.ts';
import type { ScreenKind } from '../../ui/ui.ts';
import { messageLines } from './rows.ts';
import { type MessageAction, type MessageState, reduceMessage } from './state.ts';
import { MessageView } from './view.tsx';

/** A message in full. */
export const message: ScreenKind<Notice, MessageState, MessageAction> = {
  name: 'message',
  trail: () => ['message'],
  start: (notice) => ({ notice, top: 0 }),
  reduce: reduceMessage,
  bindings: listKeys(({ state, area, dispatch }, move) => {
    const extent = { count: messageLines(state.notice, area.width).length, height: area.height };
    dispatch({ type: 'scrolled', top: scrollText(state.top, move, extent) });
  }),
  View: MessageView,
};
