import type { Area } from './ui.ts';

/** The smallest terminal that the screens are made for. */
export const SIZE_MIN: Area = { width: 60, height: 15 };

export function fitsScreens({ width, height }: Area): boolean {
  return width >= SIZE_MIN.width && height >= SIZE_MIN.height;
}
