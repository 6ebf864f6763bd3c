import { Lines } from '../../components/lines.tsx';
import { formLines } from '../../form/form-rows.ts';
import type { ViewProps } from '../../ui/ui.ts';
import type { EditVersionState } from './state.ts';

export function EditVersionView({ state, area }: ViewProps<EditVersionState>) {
  const description = {
    label: 'description',
    about: 'kept as a note beside the version, which itself never changes',
    problem: null,
  };
  return <Lines lines={formLines(state.form, { description }, area.width)} area={area} />;
}
