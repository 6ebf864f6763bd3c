import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import { isMutating, MUTATING_CALLS } from './calls.ts';
import type { Call, Fate } from './fate.ts';

type Callable = (...args: unknown[]) => unknown;
type Decide = (call: Call) => Fate;
/** The same for one call, by the arguments that it has besides a callback. */
type Judge = (args: readonly unknown[]) => Fate;

/**
 * Patches the calls of `node:fs` and `node:fs/promises` that change a disk, in the calling thread; modules that have
 * imported them already see that too. What Node does within such a call, as when it removes a folder with all that is
 * in it, is a call of its own where it goes through `node:fs`.
 */
export function installFaults(decide: Decide): void {
  for (const name of Object.keys(MUTATING_CALLS)) {
    patch(fs, name, { spelling: name, run: asCallback, decide });
    patch(fs, `${name}Sync`, { spelling: `${name}Sync`, run: asSync, decide });
    patch(fs.promises, name, { spelling: `promises.${name}`, run: asPromise, decide });
  }
  syncBuiltinESMExports();
}

interface Patch {
  readonly spelling: string;
  readonly run: (original: Callable, args: readonly unknown[], judge: Judge) => unknown;
  readonly decide: Decide;
}

function patch(functions: object, key: string, { spelling, run, decide }: Patch): void {
  const table = functions as Record<string, Callable | undefined>;
  const original = table[key];
  if (original === undefined) return;
  const name = key.replace(/Sync$/, '');
  const kind = MUTATING_CALLS[name]!;
  table[key] = (...args) => {
    if (!isMutating(name, args)) return original(...args);
    return run(original, args, (own) => decide({ name, spelling, kind, args: own }));
  };
}

function asSync(original: Callable, args: readonly unknown[], judge: Judge): unknown {
  const fate = judge(args);
  try {
    return fate.args && original(...fate.args);
  } finally {
    conclude(fate);
  }
}

async function asPromise(original: Callable, args: readonly unknown[], judge: Judge): Promise<unknown> {
  const fate = judge(args);
  try {
    return fate.args && (await original(...fate.args));
  } finally {
    conclude(fate);
  }
}

function asCallback(original: Callable, args: readonly unknown[], judge: Judge): unknown {
  const callback = args.at(-1) as Callable;
  const { args: used, end } = judge(args.slice(0, -1));
  if (end === 'as-ever') return original(...args);
  const then: Callable = () => (end === 'death' ? die() : callback(end));
  return used === null ? process.nextTick(then) : original(...used, then);
}

/** Whatever the call itself came to. */
function conclude({ end }: Fate): void {
  if (end === 'death') die();
  if (end !== 'as-ever') throw end;
}

/** No cleaning up, no `exit` handlers: what is on the disk at this moment is what stays. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
