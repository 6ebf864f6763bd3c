import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runScript } from './children.ts';
import type { Operation, Outcome } from './operations.ts';
import type { Workshop } from './registries.ts';

/** An operation, and how it ended. */
export interface Deed {
  readonly operation: Operation;
  readonly outcome: Outcome;
}

/**
 * Runs lists of operations, each in a process of its own, all beginning at the same moment. Gives what came of each.
 */
export async function workTogether(
  { folder, path }: Workshop,
  lists: readonly (readonly Operation[])[],
): Promise<Deed[]> {
  const ready: Promise<ChildProcess>[] = [];
  const runs = lists.map(async (operations, index) => {
    const file = join(folder, `operations-${index}.json`);
    writeFileSync(file, JSON.stringify(operations));
    const onStart = (child: ChildProcess) => ready.push(once(child.stdout!, 'data').then(() => child));
    const { status, stdout, stderr } = await runScript('perform-together', [path, file], { onStart });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const outcomes = stdout.trimEnd().split('\n').slice(1);
    expect(outcomes).toHaveLength(operations.length);
    return outcomes.map((line, at): Deed => ({ operation: operations[at]!, outcome: JSON.parse(line) }));
  });
  const start = Promise.all(ready).then((children) => {
    for (const child of children) child.stdin!.end('go\n');
  });
  const [deeds] = await Promise.all([Promise.all(runs), start]);
  return deeds.flat();
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
