import { Lines } from '../../components/lines.tsx';
import { formLines } from '../../form/form-rows.ts';
import { textOf } from '../../form/form-state.ts';
import { EMPTY, line } from '../../text/line.ts';
import type { ViewProps } from '../../ui/ui.ts';
import type { GetState } from './state.ts';

export function GetView({ state, area }: ViewProps<GetState>) {
  const folder = {
    label: 'folder',
    about: 'a new folder, or one whose files are the same; nothing is written over',
    problem: textOf(state.form, 'folder').trim() === '' ? 'name a folder' : null,
  };
  const question = line(`  Where are the files of ${state.model}@${state.version} to go?`);
  return <Lines lines={[EMPTY, question, ...formLines(state.form, { folder }, area.width)]} area={area} />;
}
