import { Lines } from '../../components/lines.tsx';
import type { ViewProps } from '../../ui/ui.ts';
import { messageLines } from './rows.ts';
import type { MessageState } from './state.ts';

export function MessageView({ state, area }: ViewProps<MessageState>) {
  return <Lines lines={messageLines(state.notice, area.width).slice(state.top)} area={area} />;
}
