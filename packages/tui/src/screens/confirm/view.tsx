import { Lines } from '../../components/lines.tsx';
import type { ViewProps } from '../../ui/ui.ts';
import { questionLines } from './rows.ts';
import type { Question } from './state.ts';

export function ConfirmView({ state, area }: ViewProps<Question>) {
  return <Lines lines={questionLines(state, area.width)} area={area} />;
}
