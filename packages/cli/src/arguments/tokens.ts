import { parseArgs } from 'node:util';
import type { Options } from '../descriptor.ts';

/**
 * Words as options, values, arguments and `--`, by which options take values; what is unknown, missing or too many
 * is for the caller to judge.
 */
export function tokensOf(words: readonly string[], options: Options) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short && { short }) },
    ]),
  );
  return parseArgs({ args: [...words], options: config, strict: false, tokens: true, allowPositionals: true })
    .tokens;
}
