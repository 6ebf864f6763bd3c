const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `512 B`, `1.5 KiB`, `12.3 MiB`, `128 GiB`: binary units, at most three digits before and one after the point. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // The next unit takes over at 1000, so that there are never four digits; bytes go on to 1023, as they are exact.
  while (value >= 999.5 && unit < SIZE_UNITS.length - 1 && (unit > 0 || value >= 1024)) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${SIZE_UNITS[unit]}`;
}

/** `1 file`, `2 files`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `12`, `3.4K`, `1.2M`, `7.2B`: how many parameters a model has, as people say it. */
export function formatParameters(count: number): string {
  const steps = [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ] as const;
  const step = steps.find(([from]) => count >= from);
  if (!step) return String(count);
  const value = count / step[0];
  return `${value >= 100 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, '')}${step[1]}`;
}

/** A metric as it is shown: six digits are enough to tell two apart. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  return String(Number(value.toPrecision(6)));
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const AGES: readonly (readonly [below: number, seconds: number, noun: string])[] = [
  [HOUR, MINUTE, 'minute'],
  [DAY, HOUR, 'hour'],
  [14 * DAY, DAY, 'day'],
  [60 * DAY, 7 * DAY, 'week'],
  [730 * DAY, 30.44 * DAY, 'month'],
  [Number.POSITIVE_INFINITY, 365.25 * DAY, 'year'],
];

/** `3 days ago`; the day itself for a time that is still to come, and the text as it stands for one that is no time. */
export function formatAge(time: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(time)) / 1000;
  if (Number.isNaN(seconds)) return time;
  // Clocks of two machines are seldom the same to the minute.
  if (seconds < -5 * MINUTE) return `on ${time.slice(0, 10)}`;
  if (seconds < MINUTE) return 'just now';
  const [, unit, noun] = AGES.find(([below]) => seconds < below)!;
  return `${formatCount(Math.floor(seconds / unit), noun)} ago`;
}

/** `2026-03-10 14:05`, in local time. */
export function formatTime(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${whole % MINUTE} s`;
  return `${Math.floor(whole / HOUR)} h ${Math.floor((whole % HOUR) / MINUTE)} min`;
}
