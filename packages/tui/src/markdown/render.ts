import { cell, EMPTY, fit, type Line, line, lineWidth, plainText, span } from '../text/line.ts';
import { wrapLine } from '../text/wrap.ts';
import { type Block, parseBlocks } from './blocks.ts';
import { parseInline } from './inline.ts';

/** Longest text that is rendered, characters: a card is read, not scrolled for hours. */
const TEXT_LENGTH_MAX = 400_000;

/** A Markdown text as lines of at most so many columns. */
export function renderMarkdown(text: string, width: number): Line[] {
  const blocks = parseBlocks(text.slice(0, TEXT_LENGTH_MAX));
  const lines: Line[] = [];
  for (const [index, block] of blocks.entries()) {
    const before = blocks[index - 1];
    if (before && !(before.kind === 'item' && block.kind === 'item')) lines.push(EMPTY);
    lines.push(...renderBlock(block, Math.max(10, width)));
  }
  return lines;
}

function renderBlock(block: Block, width: number): Line[] {
  switch (block.kind) {
    case 'heading':
      return renderHeading(block, width);
    case 'paragraph':
      return wrapLine(parseInline(block.text), width);
    case 'item':
      return renderItem(block, width);
    case 'code':
      return block.lines.map((text) => fit(line(span('  │ ', 'faint'), span(text, 'code')), width));
    case 'quote':
      return wrapLine(parseInline(block.text, 'emphasis'), width - 2).map((each) =>
        line(span('▎ ', 'faint'), ...each),
      );
    case 'table':
      return renderTable(block.rows, width);
    case 'rule':
      return [line(span('─'.repeat(width), 'faint'))];
  }
}

function renderHeading({ level, text }: Block & { kind: 'heading' }, width: number): Line[] {
  const lines = wrapLine(parseInline(text, level === 1 ? 'accent' : 'heading'), width);
  if (level > 2) return lines;
  const rule = (level === 1 ? '═' : '─').repeat(Math.min(width, lineWidth(lines[0] ?? EMPTY)));
  return [...lines, line(span(rule, 'faint'))];
}

function renderItem({ depth, marker, text }: Block & { kind: 'item' }, width: number): Line[] {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  const bullet = task ? (task[1] === ' ' ? '☐' : '☑') : /\d/.test(marker) ? marker : '•';
  const indent = ' '.repeat(2 * depth);
  const hanging = ' '.repeat(indent.length + bullet.length + 1);
  const body = wrapLine(parseInline(task ? task[2]! : text), Math.max(8, width - hanging.length));
  return body.map((each, index) =>
    index === 0 ? line(indent, span(bullet, 'accent'), ' ', ...each) : line(hanging, ...each),
  );
}

const CELL_WIDTH_MIN = 4;

function renderTable(rows: readonly (readonly string[])[], width: number): Line[] {
  const count = Math.max(...rows.map((row) => row.length));
  const texts = rows.map((row) =>
    Array.from({ length: count }, (_, index) => plainText(parseInline(row[index] ?? ''))),
  );
  const natural = Array.from({ length: count }, (_, index) =>
    Math.max(...texts.map((row) => lineWidth([span(row[index]!)]))),
  );
  const widths = narrowed(natural, width - 3 * (count - 1));
  const lines = texts.map((row, at) =>
    line(
      ...row.flatMap((text, index) => [
        ...(index > 0 ? [span(' │ ', 'faint')] : []),
        cell(text, widths[index]!, { tone: at === 0 ? 'heading' : 'plain' }),
      ]),
    ),
  );
  const rule = line(span(widths.map((each) => '─'.repeat(each)).join('─┼─'), 'faint'));
  return [lines[0]!, rule, ...lines.slice(1)].map((each) => fit(each, width));
}

/** Widths that fit together: the widest give way first. */
function narrowed(widths: readonly number[], room: number): number[] {
  const result = [...widths];
  while (result.reduce((sum, each) => sum + each, 0) > room) {
    const widest = result.indexOf(Math.max(...result));
    if (result[widest]! <= CELL_WIDTH_MIN) break;
    result[widest]! -= 1;
  }
  return result;
}
