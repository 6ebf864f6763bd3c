import type { CreatedVersion, Keyring, Registry } from '@cairn/core';
import { createRouter } from '../router/router.ts';
import { models } from '../screens/models/screen.ts';
import { type Task, taskTitle } from '../tasks/task.ts';
import { createTaskStore } from '../tasks/task-store.ts';
import { editInProgram } from '../terminal/editor.ts';
import type { PointerEvent } from '../terminal/pointer.ts';
import { createBusy } from './busy.ts';
import { describeFailure } from './failure.ts';
import { GLOBAL_KEYS } from './global-keys.ts';
import type { Host } from './host.ts';
import { pressKey } from './keyboard.ts';
import type { Library } from './library.ts';
import type { Notice } from './notice.ts';
import { fitsScreens } from './size.ts';
import { createStore } from './store.ts';
import type { Area, Ui } from './ui.ts';

/** What Ink offers to whoever draws with it. */
export interface InkApp {
  exit(): void;
  suspendTerminal(during: () => Promise<void>): Promise<void>;
}

/** Everything that the screens are made of, and what they do, without the drawing. */
export interface Session {
  readonly ui: Ui;
  press(key: string): void;
  paste(text: string): void;
  point(event: PointerEvent): void;
  fits(area: Area): boolean;
  /** Takes over what Ink offers. Gives the function that leaves it again. */
  attach(app: InkApp): () => void;
  /** Resolves when nothing is being read and no task is running. */
  idle(): Promise<void>;
  /** Cancels what is under way, and resolves when it has ended. */
  end(): Promise<void>;
}

export interface SessionOptions {
  readonly library: Library;
  readonly registry: Registry;
  readonly host: Host;
  /** Where the user's keys are, and new ones are put. */
  readonly keyring?: Keyring;
  /** Called with every version that is made here. */
  readonly onCreated?: (created: CreatedVersion) => Promise<void>;
}

/** Called around what has the terminal for itself, such as an editor. */
export interface TerminalModes {
  readonly leave: () => void;
  readonly enter: () => void;
}

/** What is said of a task that has ended. */
function noticeOf(task: Task): Notice | null {
  const { state, failure, outcome, hasProblems } = task;
  if (failure) return { level: 'bad', text: `${taskTitle(task)}: ${failure.message}`, failure };
  if (state === 'cancelled') return { level: 'info', text: `${taskTitle(task)}: cancelled` };
  const [first = taskTitle(task)] = outcome;
  if (!hasProblems) return { level: 'good', text: first };
  return {
    level: 'bad',
    text: first,
    failure: {
      code: task.kind === 'verify' ? 'damaged' : 'refused',
      message: outcome.join('\n'),
      hint: null,
    },
  };
}

/** Rows above a screen: the title. */
const ABOVE = 1;

/** Rows around a screen: title, status line, keys. */
const AROUND = 3;

export function createSession(
  { library, registry, host, keyring, onCreated }: SessionOptions,
  modes: TerminalModes,
): Session {
  const busy = createBusy();
  const notice = createStore<Notice | null>(null);
  const clock = { now: () => host.now(), clock: () => host.clock() };
  const tasks = createTaskStore(clock, (task) => {
    // Whoever looks at the tasks sees it there.
    if (ui.router.top().name !== 'tasks') notice.set(noticeOf(task));
  });
  let app: InkApp | null = null;

  const terminal = (): Area => ({ width: host.stdout.columns || 80, height: host.stdout.rows || 24 });
  const handOver = async (during: () => Promise<void>) => {
    if (!app) return;
    modes.leave();
    try {
      await app.suspendTerminal(during);
    } finally {
      modes.enter();
    }
  };

  const ui: Ui = {
    host,
    library,
    registry,
    keyring: keyring ?? null,
    router: createRouter(() => ui),
    tasks: {
      ...tasks,
      start: (work) =>
        busy.during(async () => {
          const result = await tasks.start(work);
          ui.router.reread();
          return result;
        }),
    },
    notice,
    busy,
    area: () => ({ width: terminal().width, height: Math.max(0, terminal().height - AROUND) }),
    run: (work) =>
      void busy.during(async () => {
        try {
          await work();
        } catch (error) {
          ui.sayFailure(describeFailure(error));
        }
      }),
    say: (level, text) => notice.set({ level, text }),
    sayFailure: (failure) => notice.set({ level: 'bad', text: failure.message, failure }),
    onCreated: async (created) => onCreated?.(created),
    editText: (text, fileName) => editInProgram(host, { text, fileName }, handOver),
    suspend: () => ui.run(() => handOver(() => host.stop?.() ?? Promise.resolve())),
    quit: () => app?.exit(),
  };
  ui.router.open(models, null);

  const isShown = () => fitsScreens(terminal());
  return {
    ui,
    press: (key) => {
      if (isShown()) pressKey(ui, GLOBAL_KEYS, key);
      else if (key === 'q' || key === 'ctrl+c') ui.quit();
    },
    paste: (text) => {
      if (isShown()) ui.router.top().paste(text);
    },
    point: (event) => {
      if (isShown()) ui.router.top().point({ ...event, row: event.row - ABOVE });
    },
    fits: fitsScreens,
    attach: (ink) => {
      app = ink;
      return () => {
        app = null;
      };
    },
    idle: () => busy.idle(),
    end: async () => {
      ui.router.end();
      await tasks.end();
    },
  };
}
