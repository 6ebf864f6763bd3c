import type { Notice } from '../../ui/notice.ts';

export interface MessageState {
  readonly notice: Notice;
  /** First visible line. */
  readonly top: number;
}

export interface MessageAction {
  readonly type: 'scrolled';
  readonly top: number;
}

export function reduceMessage(state: MessageState, { top }: MessageAction): MessageState {
  return { ...state, top };
}
