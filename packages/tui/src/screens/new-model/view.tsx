import { Lines } from '../../components/lines.tsx';
import type { ViewProps } from '../../ui/ui.ts';
import { nameRefusal } from '../name-check.ts';
import { newModelLines } from './rows.ts';
import type { NewModelState } from './state.ts';

export function NewModelView({ state, area, ui }: ViewProps<NewModelState>) {
  const check = (name: string) => nameRefusal(ui.library.checkModelName, name);
  return <Lines lines={newModelLines(state, area.width, check)} area={area} />;
}
