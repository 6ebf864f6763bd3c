import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { isLater, type LoggedValue } from '../run.ts';

/** Bytes read at a time. */
const CHUNK_SIZE = 256 * 1024;

/** Of a metric with more bytes than this a list looks at the end alone, where MLflow writes the newest. */
const LISTED_SIZE_MAX = 1024 * 1024;

/** Longest line that is one: three numbers, with room for what later versions of MLflow may add. */
const LINE_MAX = 4096;

/** Gives every value in the file of a metric. Lines that are none, as a crash can leave them, are passed over. */
export function readMetricFile(path: string, onValue: (value: LoggedValue) => void): void {
  withFile(path, (file) =>
    forEachLine(file, 0, (line) => {
      const value = parseMetricLine(line);
      if (value) onValue(value);
    }),
  );
}

/** The last value of a metric, for a list. Of a very long file the end says it. */
export function lastMetricValue(path: string): LoggedValue | null {
  let last: LoggedValue | null = null;
  const see = (line: string) => {
    const value = parseMetricLine(line);
    if (value && (last === null || isLater(value, last))) last = value;
  };
  const { size } = statSync(path);
  if (size <= LISTED_SIZE_MAX) for (const line of readFileSync(path, 'utf8').split('\n')) see(line);
  else withFile(path, (file) => forEachLine(file, size - CHUNK_SIZE, see));
  return last;
}

/** `<milliseconds> <value> [<step>]`; what stands behind is for later versions of MLflow. `null` for anything else. */
export function parseMetricLine(line: string): LoggedValue | null {
  const [time = '', value = '', step = '0'] = line.trimEnd().split(' ', 3);
  if (time === '' || value === '' || step === '') return null;
  const parsed = { time: Number(time), value: metricNumber(value), step: Number(step) };
  const isWhole = Number.isSafeInteger(parsed.time) && Number.isSafeInteger(parsed.step);
  return isWhole && parsed.value !== null ? { ...parsed, value: parsed.value } : null;
}

const WORDS: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
};

/** A number as Python writes it. */
function metricNumber(text: string): number | null {
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  const word = text.toLowerCase();
  return Object.hasOwn(WORDS, word) ? WORDS[word]! : null;
}

/** The first of lines that begin in the middle is passed over by whoever parses it: it is cut, or whole. */
function forEachLine(file: number, start: number, onLine: (line: string) => void): void {
  const chunk = Buffer.allocUnsafe(CHUNK_SIZE);
  let rest = '';
  let skipsFirst = start > 0;
  let position = start;
  for (;;) {
    const count = readSync(file, chunk, 0, CHUNK_SIZE, position);
    if (count === 0) break;
    position += count;
    const lines = (rest + chunk.toString('latin1', 0, count)).split('\n');
    rest = lines.pop()!.slice(0, LINE_MAX);
    for (const line of lines) {
      if (!skipsFirst && line.length <= LINE_MAX) onLine(line);
      skipsFirst = false;
    }
  }
  if (rest !== '' && !skipsFirst) onLine(rest);
}

function withFile(path: string, read: (file: number) => void): void {
  const file = openSync(path, 'r');
  try {
    read(file);
  } finally {
    closeSync(file);
  }
}
