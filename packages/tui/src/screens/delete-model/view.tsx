import { Lines } from '../../components/lines.tsx';
import type { ViewProps } from '../../ui/ui.ts';
import { deleteModelLines } from './rows.ts';
import type { DeleteModelState } from './state.ts';

export function DeleteModelView({ state, area }: ViewProps<DeleteModelState>) {
  return <Lines lines={deleteModelLines(state, area.width)} area={area} />;
}
