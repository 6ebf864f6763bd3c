import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandError, systemCode } from '../errors.ts';
import { urlOf } from './addresses.ts';

/** Listens, and gives the URL. Throws `failed` when the port is taken or may not be used. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = systemCode(cause);
    const problem = PROBLEMS.get(code) ?? code;
    throw new CommandError('failed', `cannot listen on ${urlOf(host, port)}: ${problem}`, {
      hint: 'name another with --port or --host; --port 0 takes any that is free',
      cause,
    });
  }
  return urlOf(host, (server.address() as AddressInfo).port);
}

const PROBLEMS: ReadonlyMap<string | undefined, string> = new Map([
  ['EADDRINUSE', 'the port is in use'],
  ['EACCES', 'the port may not be used by you'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
  ['ENOTFOUND', 'there is no such host'],
]);

/** How long requests under way may take when the server is to end, milliseconds. */
const SHUTDOWN_GRACE_MS = 10_000;

/** Takes no more requests, lets those under way end, and closes the connections of those that do not. */
export async function shutDown(server: Server, graceMs = SHUTDOWN_GRACE_MS): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
