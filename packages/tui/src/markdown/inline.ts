import { type Line, type Span, span } from '../text/line.ts';
import type { Tone } from '../theme/tones.ts';

/** What stands out within a line, in the order in which it is looked for. */
const PATTERNS: readonly {
  readonly pattern: RegExp;
  readonly spans: (match: RegExpExecArray, tone: Tone) => Span[];
}[] = [
  { pattern: /\\([!-/:-@[-`{-~])/, spans: ([, character], tone) => [span(character!, tone)] },
  { pattern: /(`+)(.+?)\1/, spans: ([, , code]) => [span(code!.trim(), 'code')] },
  { pattern: /!\[([^\]]*)\]\(([^()\s]*)[^)]*\)/, spans: ([, alt]) => [span(`[image: ${alt}]`, 'faint')] },
  { pattern: /\[([^\]]*)\]\(([^()\s]*)[^)]*\)/, spans: ([, text, target]) => link(text!, target!) },
  { pattern: /<(https?:\/\/[^>\s]+)>/, spans: ([, target]) => [span(target!, 'link')] },
  { pattern: /https?:\/\/[^\s<>)\]]+/, spans: ([target]) => [span(target, 'link')] },
  { pattern: /(\*\*|__)(?=\S)(.+?)(?<=\S)\1/, spans: ([, , text]) => inline(text!, 'strong') },
  { pattern: /(?<![\w*])\*(?=\S)(.+?)(?<=\S)\*(?!\w)/, spans: ([, text]) => inline(text!, 'emphasis') },
  { pattern: /(?<![\w_])_(?=\S)(.+?)(?<=\S)_(?!\w)/, spans: ([, text]) => inline(text!, 'emphasis') },
  { pattern: /~~(.+?)~~/, spans: ([, text]) => inline(text!, 'faint') },
  { pattern: /<\/?[a-z][^<>]*>/i, spans: () => [] },
];

/** Longest line that is looked through; of a longer one the rest is plain. */
const LENGTH_MAX = 5_000;

/** A text of one line with what stands out in it: code, links, emphasis. Tags of HTML are left out. */
export function parseInline(text: string, tone: Tone = 'plain'): Line {
  const looked = inline(text.slice(0, LENGTH_MAX), tone);
  return [...looked, span(text.slice(LENGTH_MAX), tone)].filter(({ text: shown }) => shown !== '');
}

function inline(text: string, tone: Tone): Span[] {
  const spans: Span[] = [];
  let rest = text;
  while (rest !== '') {
    const first = firstMatch(rest);
    if (!first) break;
    const { match, spansOf } = first;
    spans.push(span(rest.slice(0, match.index), tone), ...spansOf(match, tone));
    rest = rest.slice(match.index + match[0].length);
  }
  return [...spans, span(rest, tone)];
}

/** What begins first; of two that begin at one place, the one that is listed first. */
function firstMatch(text: string) {
  let first: { match: RegExpExecArray; spansOf: (typeof PATTERNS)[number]['spans'] } | null = null;
  for (const { pattern, spans } of PATTERNS) {
    const match = pattern.exec(text);
    if (match && (!first || match.index < first.match.index)) first = { match, spansOf: spans };
  }
  return first;
}

function link(text: string, target: string): Span[] {
  if (text === target || target === '' || target.startsWith('#')) return [span(text, 'link')];
  return [span(text, 'link'), span(` (${target})`, 'faint')];
}
