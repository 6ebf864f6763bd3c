import type { KeyHelp } from '../../ui/ui.ts';

export interface HelpState {
  readonly keys: readonly KeyHelp[];
  /** First visible line. */
  readonly top: number;
}

export interface HelpAction {
  readonly type: 'scrolled';
  readonly top: number;
}

export function reduceHelp(state: HelpState, { top }: HelpAction): HelpState {
  return { ...state, top };
}
