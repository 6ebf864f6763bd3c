import type { Area } from '../../ui/ui.ts';

/** How the list and the panel share the screen. */
export interface ModelsLayout {
  readonly list: Area;
  /** `null` where there is no room for it. */
  readonly panel: (Area & { readonly side: 'right' | 'below' }) | null;
}

const SIDE_BY_SIDE_FROM = 100;
const BELOW_FROM = 18;
const PANEL_HEIGHT = 7;

export function modelsLayout({ width, height }: Area): ModelsLayout {
  if (width >= SIDE_BY_SIDE_FROM) {
    const panel = Math.floor(width * 0.4);
    return { list: { width: width - panel - 3, height }, panel: { side: 'right', width: panel, height } };
  }
  if (height < BELOW_FROM) return { list: { width, height }, panel: null };
  return {
    list: { width, height: height - PANEL_HEIGHT - 1 },
    panel: { side: 'below', width: width - 2, height: PANEL_HEIGHT },
  };
}
