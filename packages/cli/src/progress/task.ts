import type { TaskOptions } from '@cairn/core';
import type { Context } from '../context.ts';
import { createMeter } from './meter.ts';

/** Runs a long operation with the user's wish to stop and, on a terminal, a progress line that is gone at its end. */
export async function withProgress<T>(context: Context, run: (task: TaskOptions) => Promise<T>): Promise<T> {
  const { terminal, globals, signal } = context;
  if (!terminal.err.isTerminal || globals.quiet) return run({ signal });
  const onProgress = createMeter({
    clock: () => context.clock(),
    columns: () => terminal.err.columns ?? 0,
    draw: (line) => terminal.status(line),
  });
  try {
    return await run({ signal, onProgress });
  } finally {
    terminal.status(null);
  }
}
