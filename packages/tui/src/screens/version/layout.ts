import type { Area } from '../../ui/ui.ts';

/** Rows above the parts of the screen: the head, the tabs. */
export const VERSION_HEAD_HEIGHT = 3;

const SIDE_BY_SIDE_FROM = 100;

export interface VersionLayout {
  readonly tree: Area;
  /** `null` where there is no room for it: a file is then a screen of its own. */
  readonly look: Area | null;
}

export function versionBody({ width, height }: Area): Area {
  return { width, height: height - VERSION_HEAD_HEIGHT };
}

export function versionLayout(area: Area): VersionLayout {
  const { width, height } = versionBody(area);
  if (width < SIDE_BY_SIDE_FROM) return { tree: { width, height }, look: null };
  const look = Math.floor(width * 0.5);
  return { tree: { width: width - look - 3, height }, look: { width: look, height } };
}

/** Rows of the tree that are visible. */
export function treeHeight(area: Area, hasSearch: boolean): number {
  return Math.max(1, versionLayout(area).tree.height - (hasSearch ? 1 : 0));
}
