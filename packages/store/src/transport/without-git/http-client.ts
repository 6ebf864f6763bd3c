import { StoreError, systemCode } from '../../errors.ts';
import { redactUrl } from '../remote-url.ts';
import type { TransferOptions } from '../transfer.ts';
import { tooMuch, WITHOUT_GIT_SIZE_MAX } from './limits.ts';

/** What isomorphic-git asks of an HTTP client, as far as it is used here. */
export interface HttpRequest {
  readonly url: string;
  readonly method?: string | undefined;
  readonly headers?: Record<string, string> | undefined;
  readonly body?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export interface HttpResponse {
  readonly url: string;
  readonly method: string;
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Record<string, string>;
  readonly body: AsyncIterableIterator<Uint8Array>;
}

type ClientOptions = Pick<TransferOptions, 'url' | 'signal'> & {
  /** Told of the bytes of all requests and answers so far. */
  readonly onBytes: (bytes: number) => void;
};

/** An HTTP client for one transfer, which may move {@link WITHOUT_GIT_SIZE_MAX} bytes in all. */
export function httpClient({ url, signal, onBytes }: ClientOptions): {
  request(request: HttpRequest): Promise<HttpResponse>;
} {
  let moved = 0;
  const count = (size: number) => {
    moved += size;
    if (moved > WITHOUT_GIT_SIZE_MAX) throw tooMuch(url);
    onBytes(moved);
  };
  return {
    async request({ url: address, method = 'GET', headers = {}, body }) {
      const bytes = body === undefined ? null : await collect(body);
      if (bytes !== null) count(bytes.byteLength);
      try {
        const response = await fetch(address, { method, headers, body: bytes, signal: signal ?? null });
        return answer(response, method, (chunk) => count(chunk.byteLength), url);
      } catch (error) {
        throw connectionFailure(error, url);
      }
    },
  };
}

function answer(
  response: Response,
  method: string,
  onChunk: (chunk: Uint8Array) => void,
  url: string,
): HttpResponse {
  return {
    url: response.url,
    method,
    statusCode: response.status,
    statusMessage: response.statusText,
    headers: Object.fromEntries(response.headers),
    body: bodyOf(response, onChunk, url),
  };
}

async function* bodyOf(
  response: Response,
  onChunk: (chunk: Uint8Array) => void,
  url: string,
): AsyncIterableIterator<Uint8Array> {
  try {
    for await (const chunk of response.body ?? []) {
      onChunk(chunk);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof StoreError ? error : connectionFailure(error, url);
  }
}

async function collect(body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const NEVER_REACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What `fetch` threw: it says why in the cause, or in the cause's own list. */
function connectionFailure(error: unknown, url: string): StoreError {
  const shown = redactUrl(url);
  if (error instanceof Error && error.name === 'AbortError') {
    return new StoreError('cancelled', `${shown}: cancelled`);
  }
  const cause = error instanceof Error ? error.cause : undefined;
  const code = systemCode(cause) ?? systemCode(cause instanceof AggregateError ? cause.errors[0] : undefined);
  const isCut = code === undefined || !NEVER_REACHED.has(code);
  const message = isCut ? 'the connection broke' : 'the host cannot be reached';
  return new StoreError('network', `${shown}: ${message}`, {
    hint: 'check the address and the network, then try again',
    data: { url: shown, reason: isCut ? 'cut' : 'unreachable', ...(code && { system: code }) },
  });
}
