import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** The synchronous calls by which a collection changes the disk. */
const CHANGING = [
  'openSync',
  'writeSync',
  'writevSync',
  'writeFileSync',
  'ftruncateSync',
  'renameSync',
  'linkSync',
  'unlinkSync',
  'rmSync',
  'rmdirSync',
  'mkdirSync',
  'utimesSync',
] as const;

type Functions = Record<string, (...args: unknown[]) => unknown>;

/** Calls the hook before every change to the disk that this process makes, until the result is called. */
export function beforeEveryChange(hook: () => void): () => void {
  const functions = fs as unknown as Functions;
  const originals = new Map(CHANGING.map((name) => [name, functions[name]!]));
  for (const [name, original] of originals) {
    functions[name] = (...args) => {
      if (name !== 'openSync' || isForWriting(args[1])) hook();
      return original(...args);
    };
  }
  syncBuiltinESMExports();
  return () => {
    for (const [name, original] of originals) functions[name] = original;
    syncBuiltinESMExports();
  };
}

function isForWriting(flags: unknown): boolean {
  return typeof flags === 'string' && flags !== 'r';
}

export interface Interrupted {
  /** Changes that were made, or tried. */
  readonly changes: number;
  /** Whether the work came to its end all the same. */
  readonly isDone: boolean;
}

/** Runs some work that can make so many changes to the disk and not one more, not even to clean up. */
export async function withPowerCut(changesMax: number, work: () => Promise<unknown>): Promise<Interrupted> {
  let changes = 0;
  const restore = beforeEveryChange(() => {
    changes++;
    if (changes > changesMax) throw new Error('the power is off');
  });
  try {
    await work();
  } catch (error) {
    if (changes <= changesMax) throw error;
  } finally {
    restore();
  }
  return { changes, isDone: changes <= changesMax };
}
