import { Lines } from '../../components/lines.tsx';
import type { ViewProps } from '../../ui/ui.ts';
import { deleteVersionLines } from './rows.ts';
import type { DeleteVersionState } from './state.ts';

export function DeleteVersionView({ state, area, ui }: ViewProps<DeleteVersionState>) {
  return <Lines lines={deleteVersionLines(state, area.width, ui.host.now())} area={area} />;
}
