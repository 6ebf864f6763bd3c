import { inetd } from './daemon.ts';
import { listen } from './listen.ts';
import { serverVariables } from './server-variables.ts';

export interface SshOptions {
  /** Path of the program; it refuses to start without a path. */
  readonly sshd: string;
  readonly configuration: string;
}

/** `sshd` for each connection. */
export function listenForSsh({ sshd, configuration }: SshOptions): Promise<number> {
  return listen(inetd(sshd, ['-i', '-f', configuration], serverVariables()));
}
