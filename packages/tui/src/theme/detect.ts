import type { Background, ColourDepth } from './tones.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** How many colours the terminal shows, as its variables say (https://no-color.org, `terminfo`). */
export function colourDepth(variables: Variables): ColourDepth {
  if (variables.NO_COLOR || variables.TERM === 'dumb') return 'none';
  if (/^(truecolor|24bit)$/i.test(variables.COLORTERM ?? '')) return 'true';
  const term = variables.TERM ?? '';
  if (/-direct$/.test(term) || variables.WT_SESSION !== undefined) return 'true';
  return /256(color)?/.test(term) ? '256' : '16';
}

/** White and light grey of the 16 colours. */
const LIGHT_COLOURS: ReadonlySet<string> = new Set(['7', '15']);

/** What is behind the text: told by CAIRN_BACKGROUND or COLORFGBG, else taken to be dark. */
export function backgroundOf(variables: Variables): Background {
  const told = variables.CAIRN_BACKGROUND;
  if (told === 'light' || told === 'dark') return told;
  const last = variables.COLORFGBG?.split(';').at(-1);
  return last !== undefined && LIGHT_COLOURS.has(last) ? 'light' : 'dark';
}

/** Red, green and blue of 1 to 4 hexadecimal digits each, as terminals answer the question for their background. */
const COLOUR = /^rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i;

/** What is behind the text, from the terminal's answer to OSC 11; `null` when it says something else. */
export function backgroundFromAnswer(answer: string): Background | null {
  const match = COLOUR.exec(answer);
  if (!match) return null;
  const [red, green, blue] = match.slice(1).map((hex) => Number.parseInt(hex, 16) / (16 ** hex.length - 1));
  // The weights of ITU-R BT.709.
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue! > 0.5 ? 'light' : 'dark';
}
