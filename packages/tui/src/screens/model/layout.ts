import type { Area } from '../../ui/ui.ts';

/** Rows above the parts of the screen: the head, the tabs. */
export const MODEL_HEAD_HEIGHT = 4;

/** The room of the part that is shown. */
export function modelBody({ width, height }: Area): Area {
  return { width, height: height - MODEL_HEAD_HEIGHT };
}

/** Rows of the list of metrics; the rest is the chart of the selected one. */
export function metricsHeight({ height }: Area, count: number): number {
  return Math.max(1, Math.min(count, Math.floor((height - 2) / 2)));
}
