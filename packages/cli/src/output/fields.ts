import { cleanLine } from './clean.ts';
import type { Style } from './style.ts';

/** A name and its value; several values stand below each other. */
export type FieldLine = readonly [name: string, value: string | readonly string[]];

const INDENT = '  ';

/** Names and values in two columns, cleaned. A field without a value is left out. */
export function formatFields(fields: readonly FieldLine[], style: Style): string {
  const lines = fields.flatMap(([name, value]) => {
    const values = (typeof value === 'string' ? [value] : value).filter((text) => text !== '');
    return values.map((text, index) => [index === 0 ? name : '', cleanLine(text)] as const);
  });
  const width = Math.max(0, ...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `${INDENT}${style.faint(name.padEnd(width))}  ${text}\n`).join('');
}

/** `key=value` for each entry. */
export function formatPairs(pairs: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(pairs).map(([key, value]) => `${key}=${value}`);
}
