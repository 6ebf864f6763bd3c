import { usageError } from '../errors.ts';

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_AND_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?$/;

/** The moment that a text names: the end of a day, in local time, or a time on it. Throws a usage error. */
export function parseMoment(option: string, text: string): Date {
  const moment = DAY_AND_TIME.test(text) ? new Date(text) : endOfDay(text);
  if (moment !== null && !Number.isNaN(moment.getTime())) return moment;
  throw usageError(
    `--${option} needs a day or a time, got '${text}'`,
    'such as 2026-03-01 or 2026-03-01T14:30',
  );
}

function endOfDay(text: string): Date | null {
  const [, year, month, day] = (DAY.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return null;
  const end = new Date(year, month - 1, day, 23, 59, 59, 999);
  return end.getMonth() === month - 1 && end.getDate() === day ? end : null;
}
