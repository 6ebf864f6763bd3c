import { type Line, line, lineWidth, span } from '../text/line.ts';
import { type Binding, labelOf } from './binding.ts';
import { type KeyName, showKey } from './key.ts';

/** A key and what it does, as the bar shows it. */
export interface Hint {
  readonly key: KeyName;
  readonly line: Line;
}

/** The hints of a table of keys, in its order. What cannot work now is faint. */
export function hintsOf<Screen>(
  bindings: readonly Binding<Screen>[],
  screen: Screen,
  isTyping: boolean,
): Hint[] {
  const shown = bindings.filter(
    ({ quiet, when, whileTyping }) => !quiet && (when?.(screen) ?? true) && (whileTyping || !isTyping),
  );
  return shown.map((binding) => {
    const { keys, refusal } = binding;
    const isRefused = (refusal?.(screen) ?? null) !== null;
    const key = keys[0]!;
    const shownKey = span(showKey(key), isRefused ? 'faint' : 'key');
    return { key, line: line(shownKey, span(` ${labelOf(binding, screen)}`, isRefused ? 'faint' : 'plain')) };
  });
}

const GAP = 2;

/** As many hints as fit: those that work everywhere behind the others, which give way first. */
export function hintBar(own: readonly Hint[], everywhere: readonly Hint[], width: number): Line {
  const taken = new Set(own.map(({ key }) => key));
  const lines = everywhere.filter(({ key }) => !taken.has(key)).map((hint) => hint.line);
  const kept = fitting(lines, width - 1);
  const room = width - 1 - kept.reduce((sum, hint) => sum + lineWidth(hint) + GAP, 0);
  const all = [
    ...fitting(
      own.map((hint) => hint.line),
      room,
    ),
    ...kept,
  ];
  return line(...all.flatMap((hint, index) => [span(index > 0 ? '  ' : ' '), ...hint]));
}

function fitting(hints: readonly Line[], width: number): Line[] {
  let left = width + GAP;
  const kept: Line[] = [];
  for (const hint of hints) {
    left -= lineWidth(hint) + GAP;
    if (left < 0) break;
    kept.push(hint);
  }
  return kept;
}
