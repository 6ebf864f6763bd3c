import { usageError } from '../errors.ts';

/** `k=v` words of a repeated option as a record; throws a usage error for one without `=`, without a key, or twice. */
export function parsePairs(option: string, words: readonly string[]): Record<string, string> {
  const pairs = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1) throw usageError(`--${option} '${word}' is not of the form key=value`);
    const key = word.slice(0, at);
    if (pairs.has(key)) throw usageError(`--${option} gives '${key}' twice`);
    pairs.set(key, word.slice(at + 1));
  }
  return Object.fromEntries(pairs);
}

/** The same with decimal numbers for values, as metrics are. */
export function parseNumberPairs(option: string, words: readonly string[]): Record<string, number> {
  const pairs = Object.entries(parsePairs(option, words));
  return Object.fromEntries(pairs.map(([key, text]) => [key, parseNumber(option, key, text)]));
}

/** The same, where an empty value takes the key away: `null`. */
export function parseLabelChanges(option: string, words: readonly string[]): Record<string, string | null> {
  const pairs = Object.entries(parsePairs(option, words));
  return Object.fromEntries(pairs.map(([key, text]) => [key, text === '' ? null : text]));
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function parseNumber(option: string, key: string, text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value))
    throw usageError(`--${option} ${key}: '${text}' is not a finite decimal number`);
  return value;
}
