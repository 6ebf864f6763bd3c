import { Lines } from '../../components/lines.tsx';
import type { ViewProps } from '../../ui/ui.ts';
import { editModelLines } from './rows.ts';
import type { EditModelState } from './state.ts';

export function EditModelView({ state, area }: ViewProps<EditModelState>) {
  return <Lines lines={editModelLines(state, area.width)} area={area} />;
}
