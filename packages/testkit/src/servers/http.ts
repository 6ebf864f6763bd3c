import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { listen } from './listen.ts';
import { filterSettings, serverVariables } from './server-variables.ts';

export interface HttpOptions {
  /** Its repositories are served under their paths within it. */
  readonly folder: string;
  readonly filters: boolean;
  /** Who may come in, by basic authentication; everybody when left out. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Answers every request with this status, such as 403 or 503. */
  readonly status?: number;
  /** Path of a configuration for Git on the server's side. */
  readonly config?: string;
}

/** Smart HTTP through `git http-backend`, as a CGI program (RFC 3875). */
export function listenForHttp(options: HttpOptions): Promise<number> {
  return listen(createServer((request, response) => answer(options, request, response)));
}

function answer(options: HttpOptions, request: IncomingMessage, response: ServerResponse): void {
  if (options.status !== undefined) return void response.writeHead(options.status).end();
  if (!isLetIn(options, request)) {
    return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="test"' }).end();
  }
  const child = spawn('git', ['http-backend'], {
    env: { ...serverVariables(settingsOf(options)), ...requestVariables(options, request) },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  bodyOf(request).pipe(child.stdin);
  forward(child.stdout, response);
  response.on('close', () => child.kill());
}

function settingsOf({ filters }: HttpOptions): Record<string, string> {
  return { 'http.receivepack': 'true', ...filterSettings(filters) };
}

function isLetIn({ user }: HttpOptions, request: IncomingMessage): boolean {
  if (user === undefined) return true;
  const expected = Buffer.from(`${user.name}:${user.password}`).toString('base64');
  return request.headers.authorization === `Basic ${expected}`;
}

function bodyOf(request: IncomingMessage): Readable {
  return request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
}

function requestVariables(
  { folder, user, config }: HttpOptions,
  request: IncomingMessage,
): Record<string, string> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const { 'content-type': type, 'git-protocol': protocol } = request.headers;
  return {
    GIT_PROJECT_ROOT: folder,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? 'GET',
    REMOTE_ADDR: '127.0.0.1',
    ...(user && { REMOTE_USER: user.name }),
    ...(config !== undefined && { GIT_CONFIG_GLOBAL: config }),
    ...(type && { CONTENT_TYPE: type }),
    ...(typeof protocol === 'string' && { GIT_PROTOCOL: protocol }),
  };
}

/** Headers of the program up to an empty line, then the body as it comes. */
function forward(output: Readable, response: ServerResponse): void {
  let head = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    output.off('data', onData);
    output.pause();
    writeHead(head.toString('latin1', 0, end), response);
    response.write(head.subarray(end + 4));
    output.pipe(response);
  };
  output.on('data', onData);
  output.on('end', () => {
    if (!response.headersSent) response.writeHead(500).end();
  });
}

function writeHead(text: string, response: ServerResponse): void {
  const headers = text.split('\r\n').map((line) => line.split(/:\s*(.*)/s) as [string, string]);
  const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'status') response.setHeader(name, value);
  }
  response.writeHead(Number.parseInt(status, 10));
}
