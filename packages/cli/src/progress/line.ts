import type { Progress } from '@cairn/core';
import { formatCount, formatDuration, formatSize } from '@cairn/core/units';

/** What the progress line shows, besides the state itself. */
export interface Pace {
  /** Bytes a second; `null` while it is not known. */
  readonly speed: number | null;
  readonly columns: number;
}

/** `storing  42%  1.2 GiB of 2.9 GiB  512 MiB/s  3 s left`: as many of these as the columns hold, first ones first. */
export function progressLine(progress: Progress, { speed, columns }: Pace): string {
  let line: string = progress.phase;
  for (const part of partsOf(progress, speed)) {
    const longer = `${line}  ${part}`;
    // The last column stays free: a full line would wrap on some terminals, and could then not be cleared.
    if (longer.length >= columns) break;
    line = longer;
  }
  return line.slice(0, Math.max(0, columns - 1));
}

function partsOf({ done, total, files }: Progress, speed: number | null): string[] {
  const parts: string[] = [];
  if (total > 0) {
    const percent = Math.min(100, Math.floor((done / total) * 100));
    parts.push(`${String(percent).padStart(3)}%`, `${formatSize(done)} of ${formatSize(total)}`);
  } else if (done > 0) {
    parts.push(formatSize(done));
  }
  if (speed !== null) parts.push(`${formatSize(speed)}/s`);
  if (speed !== null && speed > 0 && total > done)
    parts.push(`${formatDuration((total - done) / speed)} left`);
  if (files.total > 1) parts.push(`file ${Math.min(files.done + 1, files.total)} of ${files.total}`);
  else if (files.total === 0 && files.done > 0) parts.push(formatCount(files.done, 'file'));
  return parts;
}
