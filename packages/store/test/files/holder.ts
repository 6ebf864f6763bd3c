import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';

/** Another process that holds a lock or a lease from now on. */
export async function startHolder(kind: 'lock' | 'lease' | 'exclusive', path: string): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'hold-lock.ts');
  const child = spawn(execPath, [script, kind, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  return child;
}

/** Ends a process as a crash does, and comes back when it is gone. */
export async function crash(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
