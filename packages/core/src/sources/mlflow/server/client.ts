import { systemCode } from '@cairn/store';
import { CairnError } from '../../../errors.ts';
import { checkCancelled } from '../../../progress.ts';
import type { ServerAddress } from './address.ts';

/** Longest answer that is read, bytes: a thousand runs with a hundred metrics each. */
const ANSWER_SIZE_MAX = 64 * 1024 * 1024;

/** How long an answer is waited for, milliseconds. Files take as long as they take. */
const ANSWER_TIMEOUT_MS = 60_000;

/** Pages of one list that are read. */
const PAGES_MAX = 1_000;

export interface Query {
  readonly method: 'GET' | 'POST';
  /** Behind `/api/2.0/`. */
  readonly path: string;
  /** Parameters of a GET, the body of a POST. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Speaks to a tracking server. */
export interface Client {
  readonly url: string;
  /** The answer as it was parsed; `null` where the server says that there is no such thing. */
  ask(query: Query): Promise<unknown>;
  /** Every page of a list. Stops after the first where the server knows no such list. */
  pages(query: Query): AsyncGenerator<unknown>;
  /** The bytes of a file. */
  stream(path: string): Promise<ReadableStream<Uint8Array>>;
}

export function openClient(address: ServerAddress, signal: AbortSignal | undefined): Client {
  const ask = async (query: Query) => {
    const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const response = await send(address, query, signal ? AbortSignal.any([signal, timeout]) : timeout);
    if (response.status === 404) {
      await response.body?.cancel();
      return null;
    }
    return parsed(await textOf(response, address), address);
  };
  return {
    url: address.url,
    ask,
    async *pages(query) {
      let token: unknown;
      for (let page = 0; page < PAGES_MAX; page += 1) {
        checkCancelled(signal);
        const parameters = { ...query.parameters, ...(token !== undefined && { page_token: token }) };
        const answer = await ask({ ...query, parameters });
        if (answer === null) return;
        yield answer;
        token =
          typeof answer === 'object' && 'next_page_token' in answer ? answer.next_page_token : undefined;
        if (typeof token !== 'string' || token === '') return;
      }
    },
    stream: async (path) => {
      const response = await send(address, { method: 'GET', path }, signal);
      if (response.status === 404 || !response.body) throw missing(address, path);
      return response.body;
    },
  };
}

async function send(
  address: ServerAddress,
  { method, path, parameters = {} }: Query,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const url = new URL(`${address.url}/api/2.0/${path}`);
  if (method === 'GET')
    for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, String(value));
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: headersOf(address, method),
      ...(method === 'POST' && { body: JSON.stringify(parameters) }),
      ...(signal && { signal }),
    });
  } catch (cause) {
    throw unreachable(address, cause);
  }
  if (response.ok || response.status === 404) return response;
  const told = await textOf(response, address).catch(() => '');
  throw refusal(address, response.status, told);
}

function headersOf(
  { authorization, workspace }: ServerAddress,
  method: Query['method'],
): Record<string, string> {
  return {
    accept: 'application/json',
    ...(method === 'POST' && { 'content-type': 'application/json' }),
    ...(authorization !== null && { authorization }),
    ...(workspace !== null && { 'X-MLFLOW-WORKSPACE': workspace }),
  };
}

async function textOf(response: Response, address: ServerAddress): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > ANSWER_SIZE_MAX) throw tooLong(address);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof CairnError ? cause : unreachable(address, cause);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string, { url }: ServerAddress): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CairnError('unsupported', `${url} does not answer as a tracking server of MLflow does`, {
      hint: 'check the address; it is that of its web page',
      cause,
    });
  }
}

function tooLong({ url }: ServerAddress): CairnError {
  return new CairnError('hostile', `an answer of ${url} has more than ${ANSWER_SIZE_MAX} bytes`, {
    hint: 'do not trust this server',
  });
}

/** What failed below HTTP. Nothing of the request is in the error, which could hold a token. */
export function unreachable({ url }: Pick<ServerAddress, 'url'>, cause: unknown): unknown {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'AbortError') return new CairnError('cancelled', 'cancelled');
  const inner = cause instanceof Error ? cause.cause : undefined;
  const code = systemCode(inner) ?? (name === 'TimeoutError' ? 'no answer in time' : 'the connection failed');
  return new CairnError('network', `${url} cannot be reached: ${code}`, {
    hint: 'check the address, and whether the server runs',
    data: { reason: 'unreachable', url },
  });
}

/** Longest part of a server's own message that is repeated. */
const TOLD_MAX = 300;

function refusal({ url, authorization }: ServerAddress, status: number, text: string): CairnError {
  if (status === 401 || status === 403) {
    const known = authorization === null ? 'without a name' : 'with the name and the token it was given';
    return new CairnError('network', `${url} does not let anybody in ${known}: status ${status}`, {
      hint: 'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN',
      data: { reason: 'unauthorised', url, status },
    });
  }
  const message = messageIn(text);
  return new CairnError('network', `${url} answers with status ${status}${message && `: ${message}`}`, {
    hint: 'see what the server has logged',
    data: { reason: 'refused', url, status },
  });
}

function messageIn(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    const message = typeof answer === 'object' && answer && 'message' in answer ? answer.message : '';
    return typeof message === 'string' ? message.slice(0, TOLD_MAX) : '';
  } catch {
    return '';
  }
}

function missing({ url }: ServerAddress, path: string): CairnError {
  return new CairnError(
    'not-found',
    `${url} has no file ${path.replace(/^mlflow-artifacts\/artifacts\//, '')}`,
    {
      hint: 'it may have been deleted meanwhile',
    },
  );
}
