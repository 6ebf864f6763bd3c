import { Lines } from '../../components/lines.tsx';
import type { ViewProps } from '../../ui/ui.ts';
import { helpLines } from './rows.ts';
import type { HelpState } from './state.ts';

export function HelpView({ state, area }: ViewProps<HelpState>) {
  return <Lines lines={helpLines(state.keys, area.width).slice(state.top)} area={area} />;
}
