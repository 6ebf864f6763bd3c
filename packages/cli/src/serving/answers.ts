import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** What is sent back. */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** A request that cannot be answered as it is; it says so with a status of HTTP. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly code: string;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, code: string, message: string, headers: OutgoingHttpHeaders = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function jsonAnswer(status: number, value: unknown, headers: OutgoingHttpHeaders = {}): Answer {
  return { status, headers, body: `${JSON.stringify(value)}\n` };
}

/** An error as JSON. What went wrong inside is told to whoever runs the server, and by its first line to the client. */
export function failureAnswer(error: unknown): Answer {
  if (error instanceof RequestError) {
    const { status, code, message, headers } = error;
    return jsonAnswer(status, { error: { code, message } }, headers);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'bug';
  const message = error instanceof Error ? error.message : String(error);
  return jsonAnswer(STATUS_BY_CODE.get(code) ?? 500, { error: { code, message } });
}

/** Codes of the library. */
const STATUS_BY_CODE: ReadonlyMap<string, number> = new Map([
  ['invalid', 400],
  ['cancelled', 503],
]);

/** Sends an answer, unless the client is gone. The rest of a request that is not wanted ends its connection. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Answer,
): void {
  if (response.destroyed) return;
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(request.complete ? {} : { connection: 'close' }),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
