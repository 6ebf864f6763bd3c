import { spawn } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { listen } from './listen.ts';
import { filterSettings, serverVariables } from './server-variables.ts';

/** `git daemon` for each connection, for reading and writing. */
export function listenAsDaemon({ folder, filters }: { folder: string; filters: boolean }): Promise<number> {
  const args = ['daemon', '--inetd', '--export-all', '--enable=receive-pack', `--base-path=${folder}`];
  return listen(inetd('git', args, serverVariables(filterSettings(filters))));
}

/** A server that gives each connection to a program of its own as standard input and output, as inetd(8) does. */
export function inetd(
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Server {
  return createServer({ pauseOnConnect: true }, (socket: Socket) => {
    const child = spawn(program, args, { stdio: [socket, socket, 'ignore'], env: variables });
    child.on('error', () => socket.destroy());
    // The child has the connection now; this process only lets go of its end.
    socket.on('error', () => {});
    child.on('spawn', () => socket.destroy());
  });
}
