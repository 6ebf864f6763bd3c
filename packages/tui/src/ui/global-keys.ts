import { formatCount } from '@cairn/core/units';
import { type Binding, labelOf } from '../keys/binding.ts';
import { confirm } from '../screens/confirm/screen.ts';
import { help } from '../screens/help/screen.ts';
import { message } from '../screens/message/screen.ts';
import { tasks } from '../screens/tasks/screen.ts';
import { isRunning, taskTitle } from '../tasks/task.ts';
import type { KeyHelp, Ui } from './ui.ts';

/** What keys do on every screen that has no other use for them. */
export const GLOBAL_KEYS: readonly Binding<Ui>[] = [
  {
    keys: ['?'],
    label: 'help',
    help: 'all keys of this screen',
    when: ({ router }) => router.top().name !== help.name,
    run: (ui) =>
      ui.router.open(help, [
        ...ui.router.top().keyHelp(),
        ...GLOBAL_KEYS.map((binding) => keyHelp(binding, ui)),
      ]),
  },
  {
    keys: ['esc', 'left', 'h'],
    label: 'back',
    help: 'back to the screen before',
    when: ({ router }) => router.snapshot().screens.length > 1,
    run: ({ router }) => void router.back(),
  },
  { keys: ['q'], label: 'quit', run: quit },
  {
    keys: ['t'],
    label: 'tasks',
    help: 'what runs and what ran',
    when: ({ router }) => router.top().name !== tasks.name,
    run: (ui) => ui.router.open(tasks, null),
  },
  {
    keys: ['!'],
    label: 'message',
    help: 'the last message in full',
    quiet: true,
    refusal: ({ notice }) => (notice.snapshot() === null ? 'there is no message' : null),
    run: (ui) => ui.router.open(message, ui.notice.snapshot()!),
  },
  {
    keys: ['r'],
    label: 'read again',
    quiet: true,
    run: ({ router }) => router.reread(),
  },
  {
    keys: ['ctrl+z'],
    label: 'to the shell',
    help: 'to the shell, and back with fg',
    quiet: true,
    whileTyping: true,
    refusal: ({ host }) => (host.stop ? null : 'there is no shell to go to'),
    run: (ui) => ui.suspend(),
  },
  { keys: ['ctrl+c'], label: 'quit', quiet: true, whileTyping: true, run: quit },
];

function keyHelp(binding: Binding<Ui>, ui: Ui): KeyHelp {
  return { keys: binding.keys, text: binding.help ?? labelOf(binding, ui), refusal: null };
}

const quitting = { ...confirm, name: 'quit' };

/** Asks first while something is running; whoever asks twice means it. */
function quit(ui: Ui): void {
  const running = ui.tasks.snapshot().filter(isRunning);
  if (running.length === 0 || ui.router.top().name === quitting.name) ui.quit();
  else {
    ui.router.open(quitting, {
      title: 'Quit',
      lines: [
        `${formatCount(running.length, 'task')} would be cancelled, without leaving anything behind:`,
        ...running.map((task) => `  ${taskTitle(task)}`),
      ],
      verb: 'cancel and quit',
      run: () => ui.quit(),
    });
  }
}
