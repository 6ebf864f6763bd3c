import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isLater, type LoggedValue } from '../run.ts';

/** Bytes read at a time. */
const CHUNK_SIZE = 256 * 1024;

/** Of a metric with more bytes than this a list looks at the end alone, where MLflow writes the newest. */
const LISTED_SIZE_MAX = 1024 * 1024;

/** Longest line that is one: three numbers, with room for what later versions of MLflow may add. */
const LINE_MAX = 4096;

/** Gives every value in the file of a metric. Lines that are none, as a crash can leave them, are passed over. */
export function readMetricFile(path: string, onValue: (value: LoggedValue) => void): void {
  const file = openSync(path, 'r');
  try {
    forEachLine(file, 0, (line) => {
      const value = parseMetricLine(line);
      if (value) onValue(value);
    });
  } finally {
    closeSync(file);
  }
}

/** The last value of a metric, for a list. Of a very long file the end says it. */
export function lastMetricValue(path: string): LoggedValue | null {
  const file = openSync(path, 'r');
  let last: LoggedValue | null = null;
  try {
    const { size } = fstatSync(file);
    const start = size > LISTED_SIZE_MAX ? size - CHUNK_SIZE : 0;
    forEachLine(file, start, (line) => {
      const value = parseMetricLine(line);
      if (value && (last === null || isLater(value, last))) last = value;
    });
  } finally {
    closeSync(file);
  }
  return last;
}

/** `<milliseconds> <value> [<step>]`; what stands behind is for later versions of MLflow. `null` for anything else. */
export function parseMetricLine(line: string): LoggedValue | null {
  const [time, value, step = '0'] = line.trim().split(' ', 3);
  if (time === undefined || value === undefined || value === '') return null;
  const parsed = { time: wholeNumber(time), value: metricNumber(value), step: wholeNumber(step) };
  if (parsed.time === null || parsed.value === null || parsed.step === null) return null;
  return { time: parsed.time, value: parsed.value, step: parsed.step };
}

function wholeNumber(text: string): number | null {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : null;
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
  const word = text.toLowerCase();
  if (Object.hasOwn(WORDS, word)) return WORDS[word]!;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(word) ? Number(word) : null;
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
