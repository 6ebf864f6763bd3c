import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { cairn } from '../cairn.ts';
import { type Sample, seconds } from './sample.ts';

/** What gives a program a terminal: script(1) of util-linux. */
export const TERMINAL_PROGRAM = 'script';

interface ScreenTimes {
  /** From the start of the process until the text that is waited for has been drawn. */
  readonly start: Sample;
  /** From a key until something is drawn. */
  readonly key: Sample;
}

export interface Screens {
  readonly registry: string;
  /** A piece of text of the first whole picture. */
  readonly awaited: string;
  /** Keys pressed before the timed ones, to come to the screen that is meant, and a text that it shows. */
  readonly lead?: { readonly keys: string; readonly awaited: string };
}

const DOWN = '\u001b[B';
const PAGE_DOWN = '\u001b[6~';
const UP = '\u001b[A';
const TIMED_KEYS: readonly string[] = [
  ...Array(8).fill(DOWN),
  ...Array(4).fill(PAGE_DOWN),
  ...Array(4).fill(UP),
];

/** Opens the terminal UI so many times in a terminal of 120 × 40, and moves about in it. */
export async function timeScreens(screens: Screens, rounds: number): Promise<ScreenTimes> {
  const starts: number[] = [];
  const keys: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const session = openSession(screens.registry);
    try {
      starts.push(await session.until(screens.awaited));
      if (screens.lead) await session.until(screens.lead.awaited, screens.lead.keys);
      for (const key of TIMED_KEYS) {
        await session.quiet();
        keys.push(await session.until('', key));
      }
    } finally {
      await session.end();
    }
  }
  return { start: seconds(...starts), key: seconds(...keys) };
}

interface Session {
  /** Sends keys, and gives the seconds until output came that holds a text; any output for the empty text. */
  until(awaited: string, keys?: string): Promise<number>;
  /** Waits until nothing is drawn any more, so that what an earlier key brought is not taken for the next one's. */
  quiet(): Promise<void>;
  end(): Promise<void>;
}

const TIMEOUT_MS = 60_000;

/** As long as nothing has come for this long, nothing more is expected. */
const QUIET_MS = 100;

function openSession(registry: string): Session {
  const { program, args, variables } = cairn(registry, 'tui');
  const line = `stty cols 120 rows 40; exec ${[program, ...args].map(quoted).join(' ')}`;
  const startedAt = performance.now();
  const child = spawn(TERMINAL_PROGRAM, ['-qfec', line, '/dev/null'], {
    env: { ...process.env, ...variables, TERM: 'xterm-256color' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const closed = once(child, 'close');
  let drawn = '';
  let drawnAt = 0;
  let wake = () => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    drawn += text;
    drawnAt = performance.now();
    wake();
  });
  let isFirst = true;
  return {
    until: async (awaited, keys) => {
      const from = isFirst ? startedAt : performance.now();
      isFirst = false;
      if (keys !== undefined) {
        drawn = '';
        child.stdin.write(keys);
      }
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      while (drawn === '' || !drawn.includes(awaited)) {
        await new Promise<void>((resolve, reject) => {
          wake = resolve;
          timeout.onabort = () =>
            reject(new Error(`the terminal UI did not draw ${JSON.stringify(awaited)}`));
        });
      }
      return (performance.now() - from) / 1000;
    },
    quiet: async () => {
      for (let rest = QUIET_MS; rest > 0; rest = drawnAt + QUIET_MS - performance.now())
        await setTimeout(rest);
    },
    end: async () => {
      child.stdin.write('q');
      const timer = globalThis.setTimeout(() => child.kill(), TIMEOUT_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
