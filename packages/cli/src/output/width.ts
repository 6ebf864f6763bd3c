/** The columns that a text takes on a terminal. */
export type Measure = (text: string) => number;

const PRINTABLE_ASCII = /^[\u0020-\u007e]*$/;

/**
 * A measure that is right for these texts. Unicode's tables take longer to load than most commands to run, so they
 * are loaded only where a text has more than printable ASCII.
 */
export async function measureFor(texts: Iterable<string>): Promise<Measure> {
  for (const text of texts) {
    if (PRINTABLE_ASCII.test(text)) continue;
    const { default: stringWidth } = await import('string-width');
    return (measured) => (PRINTABLE_ASCII.test(measured) ? measured.length : stringWidth(measured));
  }
  return (text) => text.length;
}

/** The text cut to a width, with an ellipsis in the last column; never within a character as the reader sees it. */
export function truncate(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  if (width < 1) return '';
  if (PRINTABLE_ASCII.test(text)) return `${text.slice(0, width - 1)}…`;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += measure(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The text with spaces up to a width. */
export function pad(text: string, width: number, measure: Measure, align: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, width - measure(text)));
  return align === 'right' ? spaces + text : text + spaces;
}
