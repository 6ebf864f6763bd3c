import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { LoadedPackage } from '@cairn/core';
import { isLoopback } from './addresses.ts';
import { type Answer, failureAnswer, jsonAnswer, RequestError, send } from './answers.ts';
import { openApi } from './openapi.ts';
import { readPredictRequest } from './predict-request.ts';

export interface PredictionServerOptions {
  /** Bytes of a request's body. */
  readonly bodySizeMax: number;
  /** How long a prediction may take, milliseconds, waiting included. */
  readonly timeoutMs: number;
  /** Predictions under way and waiting; there are no more at a time. */
  readonly waitingMax: number;
  /** Where it listens: names of this machine alone are answered to when that is one. */
  readonly host: string;
  /** Told what a hook threw. */
  readonly onFailure: (error: unknown) => void;
}

/** How long a request may take to arrive, milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** More than any client sends that is none of an attacker's. Bytes. */
const HEADERS_SIZE_MAX = 16 * 1024;
const CONNECTIONS_MAX = 256;

type Route = (request: IncomingMessage, response: ServerResponse) => Answer | Promise<Answer>;

/** The HTTP server of a loaded package: `POST /predict`, `GET /health`, `GET /openapi.json`. It does not listen yet. */
export function createPredictionServer(loaded: LoadedPackage, options: PredictionServerOptions): Server {
  let ended = false;
  void loaded.ended.then(() => {
    ended = true;
  });
  const { model, version, services } = loaded;
  const routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
    '/predict': { POST: predictRoute(loaded, options) },
    '/health': {
      GET: () => jsonAnswer(ended ? 503 : 200, { status: ended ? 'ended' : 'ok', model, version, services }),
    },
    '/openapi.json': { GET: () => jsonAnswer(200, openApi(loaded, options)) },
  };
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      maxHeaderSize: HEADERS_SIZE_MAX,
    },
    async (request, response) => {
      try {
        send(request, response, await routeOf(request, options, routes)(request, response));
      } catch (error) {
        const answer = failureAnswer(error);
        if (answer.status === 500) options.onFailure(error);
        send(request, response, answer);
      }
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

function routeOf(
  request: IncomingMessage,
  { host }: PredictionServerOptions,
  routes: Readonly<Record<string, Readonly<Record<string, Route>>>>,
): Route {
  checkHost(request, host);
  const path = (request.url ?? '').split('?', 1)[0]!;
  const methods = Object.hasOwn(routes, path) ? routes[path]! : null;
  if (methods === null) {
    throw new RequestError(
      404,
      'not-found',
      `there is no ${path.slice(0, 100)}; there is ${Object.keys(routes).join(', ')}`,
    );
  }
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (route) return route;
  const allowed = Object.keys(methods).join(', ');
  throw new RequestError(405, 'invalid', `${path} takes ${allowed}`, { allow: allowed });
}

/**
 * A page in a browser can have its own name point to this machine, and so reach what listens on it alone (DNS
 * rebinding): what listens for this machine answers to the names of this machine.
 */
function checkHost({ headers }: IncomingMessage, host: string): void {
  if (!isLoopback(host)) return;
  const named = (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (isLoopback(named)) return;
  throw new RequestError(403, 'refused', 'this server answers to localhost, 127.0.0.1 and [::1] alone');
}

function predictRoute(loaded: LoadedPackage, options: PredictionServerOptions): Route {
  let underWay = 0;
  return async (request, response) => {
    if (underWay >= options.waitingMax) {
      throw new RequestError(503, 'busy', `${underWay} predictions are under way`, { 'retry-after': '1' });
    }
    underWay++;
    try {
      const { inputs, ...choice } = await readPredictRequest(request, options.bodySizeMax);
      const outputs = await predictInTime(loaded, { inputs, choice, response, timeoutMs: options.timeoutMs });
      return jsonAnswer(200, { outputs });
    } finally {
      underWay--;
    }
  };
}

interface TimedPrediction {
  readonly inputs: unknown;
  readonly choice: { readonly service?: string; readonly arguments?: Readonly<Record<string, unknown>> };
  readonly response: ServerResponse;
  readonly timeoutMs: number;
}

/** Ends the prediction when nobody waits for it any more. */
async function predictInTime(
  loaded: LoadedPackage,
  { inputs, choice, response, timeoutMs }: TimedPrediction,
): Promise<unknown> {
  const late = AbortSignal.timeout(timeoutMs);
  const gone = new AbortController();
  if (response.closed) gone.abort();
  response.once('close', () => gone.abort());
  try {
    return await loaded.predict(inputs, { ...choice, signal: AbortSignal.any([late, gone.signal]) });
  } catch (error) {
    if (late.aborted)
      throw new RequestError(504, 'timeout', `the prediction took more than ${timeoutMs / 1000} s`);
    throw error;
  }
}
