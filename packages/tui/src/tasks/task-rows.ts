import type { Progress } from '@cairn/core';
import { formatCount, formatDuration, formatSize } from '@cairn/core/units';
import { bar } from '../text/chart.ts';
import { type Line, line, span } from '../text/line.ts';
import { isRunning, type Task, taskTitle } from './task.ts';

/** ` 42%  1.2 GiB of 2.9 GiB  512 MiB/s  3 s left  file 3 of 9`: what is known, the most telling first. */
export function progressParts({ progress, speed }: Pick<Task, 'progress' | 'speed'>): string[] {
  if (progress === null) return [];
  const { done, total, files } = progress;
  const parts: string[] = [];
  if (total > 0) parts.push(`${percentOf(progress)}%`, `${formatSize(done)} of ${formatSize(total)}`);
  else if (done > 0) parts.push(formatSize(done));
  if (speed !== null) parts.push(`${formatSize(speed)}/s`);
  if (speed !== null && speed > 0 && total > done)
    parts.push(`${formatDuration((total - done) / speed)} left`);
  if (files.total > 1) parts.push(`file ${Math.min(files.done + 1, files.total)} of ${files.total}`);
  else if (files.total === 0 && files.done > 0) parts.push(formatCount(files.done, 'file'));
  return parts;
}

function percentOf({ done, total }: Progress): number {
  return Math.min(100, Math.floor((done / total) * 100));
}

/** A bar that is filled as far as the task has come. */
export function progressBar({ progress }: Pick<Task, 'progress'>, width: number): Line {
  const share = progress === null || progress.total === 0 ? 0 : progress.done / progress.total;
  return bar(share, width);
}

/** One line on one task, as the status line and the list of tasks show it. */
export function taskLine(task: Task): Line {
  if (isRunning(task)) {
    const verb = task.state === 'cancelling' ? span(' cancelling', 'warning') : span('');
    const parts = progressParts(task).map((part) => `  ${part}`);
    return line(span('◌ ', 'accent'), taskTitle(task), verb, span(parts.join(''), 'faint'));
  }
  const [first = ''] = task.outcome;
  if (task.state === 'cancelled') return line(span('– ', 'faint'), `${taskTitle(task)}: cancelled`);
  if (task.failure) return line(span('✗ ', 'bad'), `${taskTitle(task)}: ${task.failure.message}`);
  const mark = task.hasProblems ? span('✗ ', 'bad') : span('✓ ', 'good');
  return line(mark, first === '' ? taskTitle(task) : first);
}
