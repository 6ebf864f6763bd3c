import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Strike } from '@cairn/testkit/faults/faults.js';
import { expect } from 'vitest';
import { type Ended, runScript } from './children.ts';
import type { Operation, Outcome } from './operations.ts';
import type { Workshop } from './registries.ts';

/** An operation, and how it ended. */
export interface Deed {
  readonly operation: Operation;
  readonly outcome: Outcome;
}

export interface TogetherOptions {
  /** Kills the process of a list, by its number. */
  readonly strikes?: ReadonlyMap<number, Strike>;
}

/**
 * Runs lists of operations, each in a process of its own, all beginning at the same moment. Gives what came of each
 * operation, as far as its process lived to tell.
 */
export async function workTogether(
  workshop: Workshop,
  lists: readonly (readonly Operation[])[],
  { strikes }: TogetherOptions = {},
): Promise<Deed[]> {
  const ready: Promise<ChildProcess>[] = [];
  const runs = lists.map(async (operations, index) => {
    const strike = strikes?.get(index);
    const onStart = (child: ChildProcess) => ready.push(once(child.stdout!, 'data').then(() => child));
    const { signal, status, stdout, stderr } = await runList(workshop, {
      operations,
      index,
      strike,
      onStart,
    });
    expect({ signal, status, stderr }).toEqual({
      signal: strike ? 'SIGKILL' : null,
      status: strike ? null : 0,
      stderr: '',
    });
    const outcomes = stdout.split('\n').slice(1, -1);
    if (!strike) expect(outcomes).toHaveLength(operations.length);
    return outcomes.map((line, at): Deed => ({ operation: operations[at]!, outcome: JSON.parse(line) }));
  });
  const start = Promise.all(ready).then((children) => {
    for (const child of children) child.stdin!.end('go\n');
  });
  const [deeds] = await Promise.all([Promise.all(runs), start]);
  return deeds.flat();
}

interface List {
  readonly operations: readonly Operation[];
  readonly index: number;
  readonly strike: Strike | undefined;
  readonly onStart: (child: ChildProcess) => void;
}

function runList({ folder, path }: Workshop, { operations, index, strike, onStart }: List): Promise<Ended> {
  const file = join(folder, `operations-${index}.json`);
  writeFileSync(file, JSON.stringify(operations));
  const faults = strike && { trace: join(folder, `trace-${index}`), strike };
  return runScript('perform-together', [path, file], { onStart, ...(faults && { faults }) });
}

/** What went otherwise than it may, in words. */
export function unexpected(deeds: readonly Deed[], mayEnd: (deed: Deed) => boolean): string[] {
  return deeds
    .filter((deed) => !mayEnd(deed))
    .map(({ operation, outcome: { code, message, value } }) => {
      const result = code === 'done' ? JSON.stringify(value) : message;
      return `${JSON.stringify(operation)}: ${code}: ${result}`;
    });
}
