import type { IncomingMessage } from 'node:http';
import { RequestError } from './answers.ts';

/** The body of `POST /predict`. */
export interface PredictRequest {
  readonly inputs: unknown;
  readonly service?: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

const FIELDS: ReadonlySet<string> = new Set(['inputs', 'service', 'arguments']);

/** Reads and checks a request. Throws {@link RequestError}. */
export async function readPredictRequest(request: IncomingMessage, sizeMax: number): Promise<PredictRequest> {
  // Browsers send JSON to other sites only after asking them, and nobody answers that here.
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestError(415, 'invalid', 'the body must be application/json');
  }
  const body = parsed(await bodyOf(request, sizeMax));
  if (!isObject(body)) throw invalid('the body must be an object');
  const unknown = Object.keys(body).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) throw invalid(`there is no field ${JSON.stringify(unknown.slice(0, 100))}`);
  const { inputs, service, arguments: given } = body;
  if (inputs === undefined) throw invalid('there are no inputs');
  if (service !== undefined && typeof service !== 'string') throw invalid('service must be the name of one');
  if (given !== undefined && !isObject(given)) throw invalid('arguments must be an object');
  return {
    inputs,
    ...(service !== undefined && { service }),
    ...(given !== undefined && { arguments: given }),
  };
}

async function bodyOf(request: IncomingMessage, sizeMax: number): Promise<Buffer> {
  const tooLarge = () =>
    new RequestError(413, 'invalid', `the body must not be larger than ${sizeMax} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > sizeMax) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of arriving(request)) {
    size += chunk.length;
    if (size > sizeMax) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What arrives. The connection stays open when no more of it is wanted, so that it can be said what is wrong. */
async function* arriving(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request.iterator({ destroyOnReturn: false });
  } catch {
    throw new RequestError(400, 'invalid', 'the request ended early');
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw invalid(`the body is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(message: string): RequestError {
  return new RequestError(400, 'invalid', message);
}
