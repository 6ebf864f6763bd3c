/** A piece of a Markdown text: the part of CommonMark and GitHub's tables that model cards are written in. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'item'; readonly depth: number; readonly marker: string; readonly text: string }
  | { readonly kind: 'code'; readonly lines: readonly string[] }
  | { readonly kind: 'quote'; readonly text: string }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'rule' };

const FENCE = /^\s{0,3}(```+|~~~+)/;
const HEADING = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^\s{0,3}([-*_])(?:\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^\s{0,3}>\s?(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const UNDERLINE = /^\s{0,3}(=+|-+)\s*$/;

/** Columns of indentation that make a list item one deeper. */
const INDENT = 2;

/** Deepest list that is shown as such. */
const DEPTH_MAX = 6;

/** The blocks of a text. Metadata in front of it and comments are left out, as on the pages where cards are read. */
export function parseBlocks(text: string): Block[] {
  const lines = withoutMetadata(text.replace(/<!--[\s\S]*?-->/g, '').split(/\r\n|\n|\r/));
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const { block, next } = blockAt(lines, at);
    if (block) blocks.push(block);
    at = next;
  }
  return blocks;
}

/** YAML between two lines of dashes at the very beginning. */
function withoutMetadata(lines: readonly string[]): readonly string[] {
  if (lines[0]?.trim() !== '---') return lines;
  const end = lines.findIndex((line, index) => index > 0 && line.trim() === '---');
  return end < 0 ? lines : lines.slice(end + 1);
}

interface Found {
  readonly block: Block | null;
  /** The line after it. */
  readonly next: number;
}

function blockAt(lines: readonly string[], at: number): Found {
  const line = lines[at]!;
  if (line.trim() === '') return { block: null, next: at + 1 };
  const fence = FENCE.exec(line);
  if (fence) return fencedCode(lines, at, fence[1]!);
  const heading = HEADING.exec(line);
  if (heading)
    return { block: { kind: 'heading', level: heading[1]!.length, text: heading[2]! }, next: at + 1 };
  if (RULE.test(line)) return { block: { kind: 'rule' }, next: at + 1 };
  if (line.includes('|') && TABLE_RULE.test(lines[at + 1] ?? '')) return table(lines, at);
  const item = ITEM.exec(line);
  if (item) return listItem(lines, at, item);
  if (QUOTE.test(line)) return quote(lines, at);
  if (/^(?: {4}|\t)/.test(line)) return indentedCode(lines, at);
  return paragraph(lines, at);
}

function fencedCode(lines: readonly string[], at: number, fence: string): Found {
  let end = at + 1;
  while (end < lines.length && !lines[end]!.trim().startsWith(fence)) end += 1;
  return { block: { kind: 'code', lines: lines.slice(at + 1, end) }, next: end + 1 };
}

function indentedCode(lines: readonly string[], at: number): Found {
  let end = at;
  while (end < lines.length && /^(?: {4}|\t)/.test(lines[end]!)) end += 1;
  const code = lines.slice(at, end).map((line) => line.replace(/^(?: {4}|\t)/, ''));
  return { block: { kind: 'code', lines: code }, next: end };
}

function table(lines: readonly string[], at: number): Found {
  let end = at + 2;
  while (end < lines.length && lines[end]!.includes('|') && lines[end]!.trim() !== '') end += 1;
  const rows = [lines[at]!, ...lines.slice(at + 2, end)].map(cellsOf);
  return { block: { kind: 'table', rows }, next: end };
}

function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function listItem(lines: readonly string[], at: number, [, indent, marker, first]: RegExpExecArray): Found {
  let end = at + 1;
  while (end < lines.length && continues(lines[end]!)) end += 1;
  const text = [first!, ...lines.slice(at + 1, end).map((line) => line.trim())].join(' ');
  const depth = Math.min(DEPTH_MAX, Math.floor(indent!.replaceAll('\t', '    ').length / INDENT));
  return { block: { kind: 'item', depth, marker: marker!, text }, next: end };
}

function quote(lines: readonly string[], at: number): Found {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end]!)) end += 1;
  const text = lines.slice(at, end).map((line) => QUOTE.exec(line)![1]!.trim());
  return { block: { kind: 'quote', text: text.join(' ') }, next: end };
}

function paragraph(lines: readonly string[], at: number): Found {
  let end = at + 1;
  while (end < lines.length && continues(lines[end]!) && !UNDERLINE.test(lines[end]!)) end += 1;
  const text = lines
    .slice(at, end)
    .map((line) => line.trim())
    .join(' ');
  const underline = UNDERLINE.exec(lines[end] ?? '');
  if (!underline) return { block: { kind: 'paragraph', text }, next: end };
  return { block: { kind: 'heading', level: underline[1]![0] === '=' ? 1 : 2, text }, next: end + 1 };
}

/** Whether a line belongs to the paragraph before it. */
function continues(line: string): boolean {
  if (line.trim() === '') return false;
  return ![FENCE, HEADING, ITEM, QUOTE].some((start) => start.test(line)) && !/^\s*\|.*\|\s*$/.test(line);
}
