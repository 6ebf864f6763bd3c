import { join } from 'node:path';
import { readSmallText } from './small-text.ts';

/** Longest text that becomes a model card, bytes (models/details.ts). */
const CARD_SIZE_MAX = 4 * 1024 * 1024;

/** The `README.md` in a folder; `null` without one, and for one that is empty or too long for a card. */
export async function readmeIn(folder: string): Promise<string | null> {
  const text = await readSmallText(join(folder, 'README.md'), CARD_SIZE_MAX).catch(() => null);
  return text?.trim() ? text : null;
}
