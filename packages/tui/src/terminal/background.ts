import { backgroundFromAnswer } from '../theme/detect.ts';
import type { Background } from '../theme/tones.ts';

/** Asks the terminal for the colour behind the text (xterm, OSC 11). One that does not know says nothing. */
export const BACKGROUND_QUESTION = '\u001b]11;?\u001b\\';

/** What is behind the text, from a sequence that came in; `null` when it is another one. */
export function backgroundAnswer(sequence: string): Background | null {
  return sequence.startsWith('\u001b]11;') ? backgroundFromAnswer(sequence.slice(5)) : null;
}
