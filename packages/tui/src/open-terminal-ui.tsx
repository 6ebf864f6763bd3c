import { render } from 'ink';
import { App } from './app.tsx';
import { BACKGROUND_QUESTION, backgroundAnswer } from './terminal/background.ts';
import { InputFilter } from './terminal/input-filter.ts';
import { POINTER_OFF, POINTER_ON, parsePointer } from './terminal/pointer.ts';
import { backgroundOf, colourDepth } from './theme/detect.ts';
import { themeFor } from './theme/theme.ts';
import { createSession, type Session, type SessionOptions } from './ui/session.ts';
import { createStore } from './ui/store.ts';
import { watchRegistry } from './ui/watch.ts';

/** Back to the first column, and whatever stands in that line taken away. */
const LINE_EMPTIED = '\r\u001b[K';

export type TerminalUiOptions = SessionOptions;

/** The screens while they are open. */
export interface OpenTerminalUi {
  readonly session: Session;
  /** Resolves when the user has quit and the terminal is as it was; throws what ended it otherwise. */
  readonly closed: Promise<void>;
  /** Closes the screens because of an error, which {@link closed} throws. */
  readonly fail: (error: unknown) => void;
  /** Resolves when nothing is under way and everything is drawn. */
  idle(): Promise<void>;
  /** Resolves when everything is drawn as it is now. */
  drawn(): Promise<void>;
  /** Looks for changes by others, as happens once a second. */
  lookForChanges(): Promise<void>;
}

/** Opens the screens on a terminal. See {@link terminalProblem} for one that cannot show them. */
export function openTerminalUi(options: TerminalUiOptions): OpenTerminalUi {
  const { host } = options;
  const depth = colourDepth(host.variables);
  const theme = createStore(themeFor(depth, backgroundOf(host.variables)));
  const isRead = host.variables.INK_SCREEN_READER === 'true';
  const modes = {
    enter: () => void (isRead || host.stdout.write(POINTER_ON)),
    leave: () => void (isRead || host.stdout.write(POINTER_OFF)),
  };
  const session = createSession(options, modes);
  const stdin = new InputFilter(host.stdin, (sequence) => {
    const pointer = parsePointer(sequence);
    if (pointer) session.point(pointer);
    const background = backgroundAnswer(sequence);
    if (background) theme.set(themeFor(depth, background));
  });
  // Ink does so when the first picture stands: what is typed until then would be echoed into it. What was echoed
  // before has moved the cursor from the column in which Ink begins to draw.
  host.stdin.setRawMode?.(true);
  host.stdout.write(LINE_EMPTIED);
  const ink = render(<App session={session} theme={theme} />, {
    stdin: stdin as unknown as NodeJS.ReadableStream,
    stdout: host.stdout,
    stderr: host.stderr,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    alternateScreen: !isRead,
    incrementalRendering: true,
    maxFps: 60,
    isScreenReaderEnabled: isRead,
  });
  modes.enter();
  const isTold = host.variables.CAIRN_BACKGROUND !== undefined;
  if (depth !== 'none' && !isRead && !isTold) host.stdout.write(BACKGROUND_QUESTION);
  const watch = watchRegistry(session.ui);
  const stop = () => ink.unmount();
  if (host.signal.aborted) stop();
  else host.signal.addEventListener('abort', stop, { once: true });

  let failure: { readonly error: unknown } | null = null;
  const close = async () => {
    try {
      await ink.waitUntilExit();
      if (failure) throw failure.error;
    } finally {
      host.signal.removeEventListener('abort', stop);
      watch.end();
      modes.leave();
      // What was read stays where it is, and the shell begins below it.
      if (isRead) host.stdout.write('\n');
      await session.end();
    }
  };
  return {
    session,
    closed: close(),
    fail: (error) => {
      failure = { error };
      ink.unmount();
    },
    idle: async () => {
      await session.idle();
      await ink.waitUntilRenderFlush();
    },
    drawn: () => ink.waitUntilRenderFlush(),
    lookForChanges: async () => {
      await watch.look();
      await session.idle();
    },
  };
}
