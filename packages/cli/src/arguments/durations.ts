import { usageError } from '../errors.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90s`, `30m`, `2h`, `1d` or `2w`, and `0`, in milliseconds; throws a usage error for anything else. */
export function parseDuration(option: string, text: string): number {
  if (text === '0') return 0;
  const match = /^(\d{1,6})([smhdw])$/.exec(text);
  if (!match)
    throw usageError(`--${option} '${text}' is not a time`, 'write it as 90s, 30m, 2h, 1d, 2w or 0');
  return Number(match[1]) * UNIT_MS[match[2]!]!;
}
