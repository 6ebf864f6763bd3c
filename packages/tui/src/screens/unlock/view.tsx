import { Lines } from '../../components/lines.tsx';
import { formLines } from '../../form/form-rows.ts';
import type { FormState } from '../../form/form-state.ts';
import { EMPTY, line, span } from '../../text/line.ts';
import type { ViewProps } from '../../ui/ui.ts';

interface UnlockForm {
  readonly what: string;
  readonly form: FormState<'passphrase'>;
}

export function UnlockView({ state, area }: ViewProps<UnlockForm>) {
  const { form, what } = state;
  const passphrase = { label: 'passphrase', hidden: true, problem: null };
  const lines = [
    EMPTY,
    line(`  ${what} is sealed, and none of your keys opens it.`),
    ...formLines(form, { passphrase }, area.width),
    ...(form.isBusy ? [line(span('  opening …', 'faint'))] : []),
  ];
  return <Lines lines={lines} area={area} />;
}
