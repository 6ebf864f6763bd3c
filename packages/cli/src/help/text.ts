/** The widest line of the help. Terminals are at least this wide, and longer lines are hard to read. */
export const HELP_WIDTH = 80;

/** A paragraph as lines of at most a width, broken at spaces. */
export function wrap(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

const INDENT = '  ';

/** Terms longer than this have their explanation on the next line. */
const TERM_MAX = 26;

/** The column at which the explanations of these terms can begin. */
export function explanationColumn(terms: readonly string[]): number {
  return Math.max(0, ...terms.map((term) => term.length).filter((length) => length <= TERM_MAX));
}

/** Terms and explanations in two columns, the explanations wrapped. */
export function definitions(
  entries: readonly (readonly [term: string, explanation: string])[],
  paint: (term: string) => string,
  column: number = explanationColumn(entries.map(([term]) => term)),
): string {
  const margin = ' '.repeat(INDENT.length + column + 2);
  return entries
    .map(([term, explanation]) => {
      const [first, ...more] = wrap(explanation, HELP_WIDTH - margin.length);
      const gap = term.length <= column ? ' '.repeat(column - term.length + 2) : `\n${margin}`;
      return [`${INDENT}${paint(term)}${gap}${first}`, ...more.map((line) => margin + line)].join('\n');
    })
    .map((entry) => `${entry}\n`)
    .join('');
}
