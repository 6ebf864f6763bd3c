import { Box } from 'ink';
import { Lines } from '../../components/lines.tsx';
import { useStore } from '../../components/use-store.ts';
import { showCursor } from '../../list/list-state.ts';
import { line, span } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import type { Area, ViewProps } from '../../ui/ui.ts';
import { NO_TASKS, taskDetails, taskRow } from './rows.ts';
import type { TasksState } from './state.ts';

/** Rows for the list; the rest is for the details of the selected task. */
export function tasksListHeight({ height }: Area): number {
  return Math.max(3, Math.floor(height / 2));
}

export function TasksView({ state, area, ui }: ViewProps<TasksState>) {
  const tasks = useStore(ui.tasks);
  if (tasks.length === 0)
    return <Lines lines={NO_TASKS.flatMap((each) => wrapLine(each, area.width - 2, '  '))} area={area} />;
  const { width } = area;
  const height = tasksListHeight(area);
  const { cursor, top } = showCursor(state.list, { count: tasks.length, height });
  const now = ui.host.now();
  const rows = tasks
    .slice(top, top + height)
    .map((task, index) => taskRow(task, { width, isSelected: top + index === cursor, now }));
  const rule = line(span('─'.repeat(width), 'faint'));
  const details = { width, height: area.height - height - 1 };
  return (
    <Box flexDirection="column">
      <Lines lines={rows} area={{ width, height }} />
      <Lines lines={[rule]} area={{ width, height: 1 }} />
      <Lines lines={taskDetails(tasks[cursor]!, width)} area={details} />
    </Box>
  );
}
