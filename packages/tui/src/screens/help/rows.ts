import { showKey } from '../../keys/key.ts';
import { cell, EMPTY, type Line, line, span } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import type { KeyHelp } from '../../ui/ui.ts';

const KEYS_WIDTH = 16;

/** A key a line, or more where it needs them. A key that does two things on one screen is listed twice. */
export function helpLines(keys: readonly KeyHelp[], width: number): Line[] {
  return [EMPTY, ...keys.flatMap((each) => keyLines(each, width))];
}

function keyLines({ keys, text, refusal }: KeyHelp, width: number): Line[] {
  const shown = keys.map(showKey).join(' ');
  const why = refusal === null ? span('') : span(`  not now: ${refusal}`, 'faint');
  const tone = refusal === null ? 'plain' : 'faint';
  const lines = wrapLine(line(span(text, tone), why), width - KEYS_WIDTH - 4);
  return lines.map((each, index) =>
    line('  ', cell(index === 0 ? shown : '', KEYS_WIDTH, { tone: 'key' }), ...each),
  );
}
