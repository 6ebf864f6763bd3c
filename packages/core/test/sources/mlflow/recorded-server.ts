import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type RecordedStore, recordedStore } from '@cairn/testkit';

interface Recorded {
  readonly request: { readonly method: string; readonly path: string };
  readonly status: number;
  readonly answer: unknown;
}

export interface RecordedServer extends AsyncDisposable {
  readonly url: string;
  /** The header `Authorization` of every request. */
  readonly authorizations: (string | undefined)[];
  /** Requests so far, as `GET /path`. */
  readonly requests: string[];
}

type Answer = (
  request: { readonly path: string; readonly body: string },
  response: ServerResponse,
) => boolean;

/**
 * Answers as a tracking server has answered that MLflow started, from its recorded answers: how many results were
 * asked for does not count. `instead` may answer first.
 */
export async function recordedServer(
  store: RecordedStore,
  instead: Answer = () => false,
): Promise<RecordedServer> {
  const folder = recordedStore(store);
  const recorded = readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !/page|health|version\.json/.test(name))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recorded);
  const answers = new Map(recorded.map((each) => [keyOf(each.request.method, each.request.path), each]));
  const authorizations: (string | undefined)[] = [];
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    authorizations.push(request.headers.authorization);
    requests.push(`${request.method} ${request.url}`);
    const path = request.url ?? '';
    if (instead({ path, body: await text(request) }, response)) return;
    if (path.startsWith('/api/2.0/mlflow-artifacts/'))
      return answerArtifacts(join(folder, 'mlartifacts'), request, response);
    const known = answers.get(keyOf(request.method ?? '', path));
    if (known) return answer(response, known.status, known.answer);
    return path.includes('get-history') ? answer(response, 200, {}) : answer(response, 404, 'not recorded');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorizations,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function keyOf(method: string, path: string): string {
  const url = new URL(path, 'http://server');
  url.searchParams.delete('max_results');
  return `${method} ${url.pathname}?${url.searchParams}`;
}

/** The proxy of artifacts, over the files that the server kept. */
function answerArtifacts(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', 'http://server');
  const below = url.pathname.replace(/^\/api\/2\.0\/mlflow-artifacts\/artifacts\/?/, '');
  if (below !== '') {
    const path = join(folder, decodeURIComponent(below));
    response.writeHead(existsSync(path) ? 200 : 404, { 'content-type': 'application/octet-stream' });
    response.end(existsSync(path) ? readFileSync(path) : '');
    return;
  }
  const path = join(folder, url.searchParams.get('path') ?? '');
  const names = existsSync(path) && statSync(path).isDirectory() ? readdirSync(path) : [];
  const files = names.map((name) => {
    const status = statSync(join(path, name));
    return status.isDirectory()
      ? { path: name, is_dir: true }
      : { path: name, is_dir: false, file_size: status.size };
  });
  answer(response, 200, { files });
}
