import * as core from '@cairn/core';
import { type OpenTerminalUi, openTerminalUi } from '../../src/open-terminal-ui.tsx';
import type { Host } from '../../src/ui/host.ts';
import type { Library } from '../../src/ui/library.ts';
import { type VirtualTerminal, virtualTerminal } from './virtual-terminal.ts';
import { NOW, type Workplace } from './workplace.ts';

export { openWorkplace, type Workplace } from './workplace.ts';

export interface UiOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** Functions of the library in place of the real ones. */
  readonly library?: Partial<Library>;
  readonly host?: Partial<Host>;
  readonly keyring?: core.Keyring;
  readonly onCreated?: (created: core.CreatedVersion) => Promise<void>;
}

/** The screens on a terminal in memory. */
export interface UiUnderTest extends AsyncDisposable {
  readonly terminal: VirtualTerminal;
  readonly ui: OpenTerminalUi;
  /** Presses keys one after the other, each when what the one before it began has ended. */
  press(...keys: readonly string[]): Promise<void>;
  /** The same without waiting for what they begin. */
  tap(...keys: readonly string[]): Promise<void>;
  /** Types a text in one go. */
  type(text: string): Promise<void>;
  /** Resolves when nothing is under way and everything is drawn. */
  idle(): Promise<void>;
  /** Draws what there is, though something is under way. */
  drawn(): Promise<void>;
  /** The screen as text. */
  screen(): string;
  /** The rows of the screen that hold a piece of text. */
  rowsWith(piece: string): string[];
}

export async function openUi(place: Workplace, options: UiOptions = {}): Promise<UiUnderTest> {
  const terminal = virtualTerminal(options.columns, options.rows);
  const interruption = new AbortController();
  const ui = openTerminalUi({
    library: { ...core, ...options.library },
    registry: place.registry,
    host: {
      stdin: terminal.stdin,
      stdout: terminal.stdout,
      stderr: terminal.stdout,
      variables: { TERM: 'xterm', NO_COLOR: '1', ...options.variables },
      workingFolder: place.work,
      homeFolder: place.work,
      signal: interruption.signal,
      clock: () => performance.now(),
      now: () => NOW,
      ...options.host,
    },
    ...(options.keyring && { keyring: options.keyring }),
    ...(options.onCreated && { onCreated: options.onCreated }),
  });
  // A test that expects an error looks at it itself.
  ui.closed.catch(() => undefined);
  const idle = async () => {
    await ui.idle();
    await terminal.settled();
  };
  const drawn = async () => {
    await ui.drawn();
    await terminal.settled();
  };
  await idle();
  return {
    terminal,
    ui,
    idle,
    drawn,
    press: async (...keys) => {
      for (const key of keys) {
        terminal.send(BYTES[key] ?? key);
        await received(terminal);
        await idle();
      }
    },
    tap: async (...keys) => {
      for (const key of keys) {
        terminal.send(BYTES[key] ?? key);
        await received(terminal);
        await drawn();
      }
    },
    type: async (text) => {
      terminal.send(text);
      await received(terminal);
      await idle();
    },
    screen: () => terminal.rows().join('\n').trimEnd(),
    rowsWith: (piece) => terminal.rows().filter((row) => row.includes(piece)),
    [Symbol.asyncDispose]: async () => {
      interruption.abort();
      await ui.closed;
    },
  };
}

/** Streams hand on what they were given after a turn or two. */
async function received({ stdin }: VirtualTerminal): Promise<void> {
  while (stdin.readableLength > 0) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** What keys send. Escape is sent as kitty does, as a lone one has to be waited for. */
const BYTES: Readonly<Record<string, string>> = {
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  home: '\u001b[H',
  end: '\u001b[F',
  pageup: '\u001b[5~',
  pagedown: '\u001b[6~',
  delete: '\u001b[3~',
  enter: '\r',
  esc: '\u001b[27u',
  tab: '\t',
  'shift+tab': '\u001b[Z',
  space: ' ',
  backspace: '\u007f',
  'ctrl+c': '\u0003',
  'ctrl+g': '\u0007',
  'ctrl+o': '\u000f',
  'ctrl+s': '\u0013',
  'ctrl+u': '\u0015',
  'ctrl+w': '\u0017',
  'ctrl+z': '\u001a',
};
