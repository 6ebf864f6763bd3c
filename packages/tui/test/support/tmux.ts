import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../cli/bin/cairn.js', import.meta.url));

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** The longest that a state is waited for: a machine under load still gets there, and what is broken ends. */
const WAIT_MAX_MS = 30_000;

/** A shell in a real terminal, driven by keys and read from the screen. */
export interface TmuxSession extends AsyncDisposable {
  /** Types a text as it is, or one key by tmux's name for it, such as `Enter`. */
  keys(...keys: readonly string[]): void;
  type(text: string): void;
  screen(): string;
  /** Resolves when the screen holds a text; throws with the screen when it never does. */
  shows(text: string | RegExp): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Whether the alternate screen is on. */
  isAlternate(): boolean;
}

export interface TmuxOptions {
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

let sessions = 0;

/** Opens a session with a shell in which `cairn` is the built program. */
export async function openTmux({
  cwd,
  columns = 80,
  rows = 24,
  variables = {},
}: TmuxOptions): Promise<TmuxSession> {
  const socket = `cairn-test-${process.pid}-${++sessions}`;
  const tmux = (...words: readonly string[]) => {
    const run = spawnSync('tmux', ['-L', socket, '-f', '/dev/null', ...words], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`tmux ${words.join(' ')}: ${run.stderr}`);
    return run.stdout;
  };
  const settings = {
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ann Lee',
    GIT_AUTHOR_EMAIL: 'ann@example.invalid',
    LC_ALL: 'C.UTF-8',
    ...variables,
  };
  const environment = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const size = ['-x', String(columns), '-y', String(rows)];
  tmux('new-session', '-d', '-s', 'test', '-c', cwd, ...size, ...environment, 'sh');
  tmux('set-option', '-g', 'window-size', 'manual');
  const watcher = watchOutput(socket);
  const session: TmuxSession = {
    keys: (...keys) => void tmux('send-keys', '-t', 'test', ...keys),
    type: (text) => void tmux('send-keys', '-t', 'test', '-l', text),
    screen: () => tmux('capture-pane', '-p', '-t', 'test').trimEnd(),
    shows: (text) =>
      watcher.until(
        () => matches(session.screen(), text),
        () => `${text}\n${session.screen()}`,
      ),
    resize: (width, height) =>
      void tmux('resize-window', '-t', 'test', '-x', String(width), '-y', String(height)),
    isAlternate: () => tmux('display-message', '-p', '-t', 'test', '#{alternate_on}').trim() === '1',
    [Symbol.asyncDispose]: async () => {
      await watcher.end();
      spawnSync('tmux', ['-L', socket, 'kill-server']);
    },
  };
  session.type(`PS1='$ '; cairn() { '${process.execPath}' '${PROGRAM}' "$@"; }; clear`);
  session.keys('Enter');
  await session.shows(/^\$ $|^\$$/m);
  return session;
}

function matches(screen: string, text: string | RegExp): boolean {
  return typeof text === 'string' ? screen.includes(text) : text.test(screen);
}

/** A second client of the session, which tmux tells of every output: so that nobody has to look again and again. */
function watchOutput(socket: string) {
  const client: ChildProcess = spawn('tmux', ['-L', socket, '-C', 'attach', '-t', 'test', '-r'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting = new Set<() => void>();
  client.stdout!.on('data', () => {
    for (const look of [...waiting]) look();
  });
  return {
    until: (holds: () => boolean, describe: () => string) =>
      new Promise<void>((resolve, reject) => {
        const end = () => {
          waiting.delete(look);
          clearTimeout(limit);
        };
        const look = () => {
          if (!holds()) return;
          end();
          resolve();
        };
        const limit = setTimeout(() => {
          end();
          reject(new Error(`the screen never showed ${describe()}`));
        }, WAIT_MAX_MS);
        waiting.add(look);
        look();
      }),
    end: () =>
      new Promise<void>((resolve) => {
        client.once('exit', () => resolve());
        client.kill();
      }),
  };
}
