import type { Screen } from '../ui/ui.ts';
import { confirm } from './confirm/screen.ts';

/** Closes a form; asks first when something was filled in that would be lost. */
export function leaveForm(
  { ui, close }: Pick<Screen<never, never>, 'ui' | 'close'>,
  isFilledIn: boolean,
): void {
  if (!isFilledIn) {
    close();
    return;
  }
  ui.router.open(confirm, {
    title: 'Leave it?',
    lines: ['What you have filled in is lost then.'],
    verb: 'leave it',
    otherwise: 'go on with it',
    run: close,
  });
}
