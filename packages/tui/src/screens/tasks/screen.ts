import { listKeys } from '../../list/list-keys.ts';
import { showCursor } from '../../list/list-state.ts';
import { isRunning, type Task, taskTitle } from '../../tasks/task.ts';
import type { Screen, ScreenKind } from '../../ui/ui.ts';
import { confirm } from '../confirm/screen.ts';
import { message } from '../message/screen.ts';
import { reduceTasks, TASKS_START, type TasksAction, type TasksState } from './state.ts';
import { TasksView, tasksListHeight } from './view.tsx';

type TasksScreen = Screen<TasksState, TasksAction>;

function selected({ state, ui }: TasksScreen): Task | null {
  const tasks = ui.tasks.snapshot();
  return tasks[showCursor(state.list, { count: tasks.length, height: 1 }).cursor] ?? null;
}

function cancelSelected(screen: TasksScreen): void {
  const { ui } = screen;
  const task = selected(screen)!;
  ui.router.open(confirm, {
    title: 'Cancel a task',
    lines: [taskTitle(task), 'Nothing of it stays behind.'],
    verb: 'cancel it',
    run: () => ui.tasks.cancel(task.id),
  });
}

function readSelected(screen: TasksScreen): void {
  const task = selected(screen)!;
  const text = task.outcome.join('\n') || taskTitle(task);
  screen.ui.router.open(message, {
    level: task.failure ? 'bad' : 'info',
    text,
    ...(task.failure && { failure: task.failure }),
  });
}

/** What runs and what ran. */
export const tasks: ScreenKind<null, TasksState, TasksAction> = {
  name: 'tasks',
  trail: () => ['tasks'],
  start: () => TASKS_START,
  reduce: reduceTasks,
  bindings: [
    {
      keys: ['x'],
      label: 'cancel',
      help: 'cancel the selected task, after asking',
      refusal: (screen) => {
        const task = selected(screen);
        return task && isRunning(task) ? null : 'it is not running';
      },
      run: cancelSelected,
    },
    {
      keys: ['enter'],
      label: 'in full',
      help: 'what came of it, in full',
      refusal: (screen) => (selected(screen) ? null : 'there are no tasks'),
      run: readSelected,
    },
    {
      keys: ['c'],
      label: 'clear',
      help: 'forget those that have ended',
      refusal: ({ ui }) => (ui.tasks.snapshot().some((task) => !isRunning(task)) ? null : 'none has ended'),
      run: ({ ui }) => ui.tasks.clear(),
    },
    ...listKeys<TasksScreen>(({ ui, area, dispatch }, move) =>
      dispatch({
        type: 'moved',
        move,
        extent: { count: ui.tasks.snapshot().length, height: tasksListHeight(area) },
      }),
    ),
  ],
  View: TasksView,
};
