import { isAbsolute, join, resolve } from 'node:path';
import type { Ui } from '../../ui/ui.ts';

/** A path that was typed, from where the program was started; `~` is the user's own folder. */
export function typedPath({ host }: Ui, text: string): string {
  const named = text.trim();
  if (named === '~' || named.startsWith('~/')) return join(host.homeFolder, named.slice(1));
  return isAbsolute(named) ? named : resolve(host.workingFolder, named);
}
