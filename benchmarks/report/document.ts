import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.ts';

const DOCUMENT = join(ROOT, 'docs', 'performance.md');
const BEGIN = '<!-- what npm run bench -- --write found -->';
const END = '<!-- end of what it found -->';

/** Puts a report between the marks of `docs/performance.md`; what people wrote around them stays. */
export function writeDocument(report: string): void {
  const text = readFileSync(DOCUMENT, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md has lost its marks ${BEGIN} and ${END}`);
  writeFileSync(DOCUMENT, `${text.slice(0, begin + BEGIN.length)}\n\n${report}\n\n${text.slice(end)}`);
}
