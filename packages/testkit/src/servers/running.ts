import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ServerOptions } from './serve.ts';

/** A server on loopback, in a process of its own: tests may block while they talk to it. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  /** Of the process. Disposing ends it, with all that it has started. */
  readonly pid: number;
}

/** Starts a server and waits until it listens. Throws when its process ends before that. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const program = fileURLToPath(new URL('./serve.js', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const port = await listeningPort(child, options.kind);
  return { port, pid: child.pid!, [Symbol.asyncDispose]: () => end(child) };
}

async function listeningPort(child: ChildProcess, kind: string): Promise<number> {
  for await (const line of createInterface({ input: child.stdout! })) return Number(line);
  throw new Error(`the ${kind} server ended before it listened`);
}

/** The whole group: children of a connection that was cut would live on. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(process.platform === 'win32' ? child.pid! : -child.pid!, 'SIGTERM');
  await ended;
}
