import type { Core, World } from '../../src/context.ts';
import type { Output, Terminal } from '../../src/terminal.ts';

export interface FakeWorldOptions {
  /** What the terminal's columns are; without them there is no terminal. */
  readonly columns?: number;
  readonly colour?: boolean;
  readonly variables?: Record<string, string>;
  /** Lines that answer questions; without them nobody can be asked. */
  readonly answers?: readonly string[];
  /** What is typed where nothing is shown; without it nobody can be asked for secrets. */
  readonly secrets?: readonly string[];
  readonly input?: string;
  readonly core?: Partial<Record<keyof Core, unknown>>;
  readonly signal?: AbortSignal;
  readonly workingFolder?: string;
}

export interface FakeWorld extends World {
  /** What was written so far. */
  readonly printed: { out: string; err: string; statuses: (string | null)[] };
}

/** A world in memory: no process, no clock, and a library of which only the named functions exist. */
export function fakeWorld(options: FakeWorldOptions = {}): FakeWorld {
  const printed: FakeWorld['printed'] = { out: '', err: '', statuses: [] };
  const answers = [...(options.answers ?? [])];
  const secrets = [...(options.secrets ?? [])];
  const output = (name: 'out' | 'err'): Output => ({
    isTerminal: options.columns !== undefined,
    columns: options.columns ?? null,
    hasColour: options.colour ?? false,
    async write(data) {
      printed[name] += typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
    },
  });
  const terminal: Terminal = {
    out: output('out'),
    err: output('err'),
    canAsk: () => options.answers !== undefined,
    status: (line) => void printed.statuses.push(line),
    async ask(question) {
      printed.err += question;
      return answers.shift() ?? null;
    },
    canAskSecret: () => options.secrets !== undefined,
    async askSecret(question) {
      printed.err += question;
      return secrets.shift() ?? null;
    },
    readInput: async () => Buffer.from(options.input ?? ''),
  };
  let milliseconds = 0;
  return {
    printed,
    terminal,
    variables: { GIT_AUTHOR_NAME: 'Ann', GIT_AUTHOR_EMAIL: 'ann@example.invalid', ...options.variables },
    signal: options.signal ?? new AbortController().signal,
    nodeVersion: '22.15.0',
    workingFolder: () => options.workingFolder ?? '/work',
    now: () => new Date('2026-03-10T12:00:00Z'),
    clock: () => (milliseconds += 1000),
    loadCore: async () => ({ ...FAKE_CORE, ...options.core }) as unknown as Core,
  };
}

const REGISTRY = { path: '/work', name: 'work', description: '' };

const FAKE_CORE: Partial<Record<keyof Core, unknown>> = {
  findRegistry: async () => '/work',
  openRegistry: async (path: string) => ({ ...REGISTRY, path }),
  parseReference(text: string) {
    const [, model, version, path] = /^([^@:]+)(?:@([^:]+))?(?::(.+))?$/.exec(text) ?? [];
    return { model, ...(version && { version }), ...(path && { path }) };
  },
};

/** An error as the library throws it. */
export function coreError(code: string, message: string, hint?: string): Error {
  const error = Object.assign(new Error(message), { code, hint, data: {} });
  error.name = 'CairnError';
  return error;
}
