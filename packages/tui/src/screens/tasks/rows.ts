import { formatAge, formatDuration } from '@cairn/core/units';
import { isRunning, type Task } from '../../tasks/task.ts';
import { progressBar, progressParts, taskLine } from '../../tasks/task-rows.ts';
import { EMPTY, fit, inTone, type Line, line, span, spread } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import { failureLines } from '../../ui/failure-rows.ts';

export const NO_TASKS: Line[] = [
  EMPTY,
  line('  Nothing has run yet. What is added, verified, taken out, shared or deleted is listed here.'),
];

export function taskRow(task: Task, { width, isSelected, now }: TaskRowLook): Line {
  const age = task.endedAt === null ? '' : formatAge(task.endedAt.toISOString(), now);
  const left = line(isSelected ? '› ' : '  ', ...taskLine(task));
  const full = fit(spread(left, line(span(age, 'faint')), width), width);
  return isSelected ? inTone(full, 'selected') : full;
}

export interface TaskRowLook {
  readonly width: number;
  readonly isSelected: boolean;
  readonly now: Date;
}

/** All that is known of a task: how far it is, or what came of it. */
export function taskDetails(task: Task, width: number): Line[] {
  if (task.failure) return failureLines(task.failure, width);
  if (isRunning(task)) {
    const parts = progressParts(task);
    return [EMPTY, line('  ', ...progressBar(task, Math.min(50, width - 4))), line('  ', parts.join('   '))];
  }
  const took = task.endedAt === null ? 0 : (task.endedAt.getTime() - task.startedAt.getTime()) / 1000;
  const lines = task.outcome.flatMap((text) =>
    wrapLine(line(text), width - 4).map((each) => line('  ', ...each)),
  );
  return [EMPTY, ...lines, line(span(`  took ${formatDuration(took)}`, 'faint'))];
}
