import type { AccessChange } from '@cairn/core';
import { formatCount } from '@cairn/core/units';

/** What else is to be said of a change in several key domains; nothing where there is one. */
export function accessSummary({ changed, unchanged, notOpened }: AccessChange): string {
  if (changed.length + unchanged.length + notOpened.length === 1) return '';
  const parts = [formatCount(changed.length, 'key domain')];
  if (unchanged.length > 0) parts.push(`${unchanged.length} without need`);
  if (notOpened.length > 0) parts.push(`${notOpened.length} that did not open, and stay as they are`);
  return `: ${parts.join(', ')}`;
}
