import { listenAsDaemon } from './daemon.ts';
import { type HttpOptions, listenForHttp } from './http.ts';
import { listenAsProxy, type ProxyOptions } from './proxy.ts';
import { listenForSsh, type SshOptions } from './ssh.ts';

/** What a server's process is told. */
export type ServerOptions =
  | ({ readonly kind: 'http' } & HttpOptions)
  | ({ readonly kind: 'ssh' } & SshOptions)
  | ({ readonly kind: 'proxy' } & ProxyOptions)
  | { readonly kind: 'daemon'; readonly folder: string; readonly filters: boolean };

/** Listens as the first argument says, on a free port that it prints, until standard input ends. */
async function serve(options: ServerOptions): Promise<number> {
  switch (options.kind) {
    case 'http':
      return listenForHttp(options);
    case 'ssh':
      return listenForSsh(options);
    case 'proxy':
      return listenAsProxy(options);
    case 'daemon':
      return listenAsDaemon(options);
  }
}

// Whoever started it may be killed: then nobody is left to end it.
process.stdin.on('end', () => process.exit()).resume();
process.stdout.write(`${await serve(JSON.parse(process.argv[2]!))}\n`);
