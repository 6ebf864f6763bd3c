import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoadedPackage, PredictOptions } from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { isLoopback, urlOf } from '../../src/serving/addresses.ts';
import { shutDown } from '../../src/serving/listen.ts';
import { createPredictionServer, type PredictionServerOptions } from '../../src/serving/prediction-server.ts';
import { coreError } from '../support/fake-world.ts';

interface Stand extends AsyncDisposable {
  readonly url: string;
  readonly failures: unknown[];
  /** Has the hooks end. */
  end(): void;
  predict(body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>;
  get(path: string, init?: RequestInit): Promise<{ status: number; body: unknown; headers: Headers }>;
  close(graceMs?: number): Promise<void>;
}

type Predict = (inputs: unknown, options: PredictOptions) => Promise<unknown>;

async function openStand(predict: Predict, options: Partial<PredictionServerOptions> = {}): Promise<Stand> {
  const { promise: ended, resolve } = Promise.withResolvers<Error>();
  const failures: unknown[] = [];
  const loaded = {
    ...{ model: 'm', version: 'v1', services: ['main', 'other'], service: 'main', ended },
    predict: (inputs: unknown, given: PredictOptions = {}) => predict(inputs, given),
  } as unknown as LoadedPackage;
  const server = createPredictionServer(loaded, {
    ...{ bodySizeMax: 1000, timeoutMs: 60_000, waitingMax: 4, host: '127.0.0.1' },
    onFailure: (error) => failures.push(error),
    ...options,
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get: Stand['get'] = async (path, init) => {
    const response = await fetch(url + path, init);
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? null : JSON.parse(text),
      headers: response.headers,
    };
  };
  let closing: Promise<void> | undefined;
  const close = (graceMs?: number) => (closing ??= shutDown(server, graceMs));
  return {
    url,
    failures,
    end: () => resolve(new Error('over')),
    get,
    async predict(body, headers = { 'content-type': 'application/json' }) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const { status, body: answer } = await get('/predict', { method: 'POST', body: text, headers });
      return { status, body: answer };
    },
    close,
    [Symbol.asyncDispose]: () => close(0),
  };
}

const echo: Predict = async (inputs, { service, arguments: given }) => [
  inputs,
  service ?? null,
  given ?? null,
];

describe('POST /predict', () => {
  test('asks the service that is named, and gives its outputs', async () => {
    await using stand = await openStand(echo);
    expect(await stand.predict({ inputs: [1] })).toEqual({
      status: 200,
      body: { outputs: [[1], null, null] },
    });
    expect(await stand.predict({ inputs: null, service: 'other', arguments: { k: 1 } })).toEqual({
      status: 200,
      body: { outputs: [null, 'other', { k: 1 }] },
    });
  });

  test.each([
    ['{"inputs": [1', 400, /not JSON/],
    ['[]', 400, /must be an object/],
    [{}, 400, /no inputs/],
    [{ inputs: 1, inptus: 2 }, 400, /no field "inptus"/],
    [{ inputs: 1, service: 1 }, 400, /service must be/],
    [{ inputs: 1, arguments: [] }, 400, /arguments must be/],
    [{ inputs: 'x'.repeat(1000) }, 413, /not be larger than 1000 bytes/],
  ])('refuses %j', async (body, status, message) => {
    await using stand = await openStand(echo);
    expect(await stand.predict(body)).toEqual({
      status,
      body: { error: { code: 'invalid', message: expect.stringMatching(message) } },
    });
    expect(stand.failures).toEqual([]);
  });

  test('takes JSON alone, which no page of another site can send unasked', async () => {
    await using stand = await openStand(echo);
    expect(await stand.predict({ inputs: 1 }, { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
    });
    expect((await stand.get('/predict', { method: 'OPTIONS' })).status).toBe(405);
  });

  test('refuses a body that grows past the limit without having said so', async () => {
    await using stand = await openStand(echo);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      const request = httpRequest(`${stand.url}/predict`, { method: 'POST', headers }, ({ statusCode }) =>
        resolve(statusCode),
      );
      request.on('error', reject);
      request.write(`{"inputs": "${'x'.repeat(2000)}`);
    });
    expect(status).toBe(413);
  });

  test('tells the client what failed, and whoever runs the server all of it', async () => {
    const error = Object.assign(coreError('failed', 'predict failed: ValueError: no'), {
      data: { traceback: 'secret' },
    });
    await using stand = await openStand(async () => {
      throw error;
    });
    expect(await stand.predict({ inputs: 1 })).toEqual({
      status: 500,
      body: { error: { code: 'failed', message: 'predict failed: ValueError: no' } },
    });
    expect(stand.failures).toEqual([error]);
    await using other = await openStand(async () => {
      throw coreError('invalid', 'm@v1 has no service "x"');
    });
    expect(await other.predict({ inputs: 1, service: 'x' })).toMatchObject({ status: 400 });
    expect(other.failures).toEqual([]);
  });

  test('ends a prediction that takes too long, and one that nobody waits for any more', async () => {
    const ended = Promise.withResolvers<unknown>();
    const begun = Promise.withResolvers<void>();
    const wait: Predict = (inputs, { signal }) =>
      new Promise((_, reject) => {
        if (inputs === 'gone') begun.resolve();
        signal!.addEventListener('abort', () => {
          if (inputs === 'gone') ended.resolve('ended');
          reject(coreError('cancelled', 'cancelled'));
        });
      });
    await using late = await openStand(wait, { timeoutMs: 1 });
    expect(await late.predict({ inputs: 'late' })).toMatchObject({
      status: 504,
      body: { error: { code: 'timeout' } },
    });
    await using stand = await openStand(wait);
    const client = new AbortController();
    const body = JSON.stringify({ inputs: 'gone' });
    const headers = { 'content-type': 'application/json' };
    const asked = fetch(`${stand.url}/predict`, { method: 'POST', body, headers, signal: client.signal });
    await begun.promise;
    client.abort();
    await expect(asked).rejects.toThrow();
    expect(await ended.promise).toBe('ended');
  });

  test('takes no more at a time than it is told', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    await using stand = await openStand(
      () => {
        begin();
        return promise;
      },
      { waitingMax: 1 },
    );
    const first = stand.predict({ inputs: 1 });
    await begun;
    expect(await stand.predict({ inputs: 2 })).toMatchObject({
      status: 503,
      body: { error: { code: 'busy' } },
    });
    resolve('done');
    expect(await first).toEqual({ status: 200, body: { outputs: 'done' } });
    expect(await stand.predict({ inputs: 3 })).toMatchObject({ status: 200 });
  });
});

describe('the rest', () => {
  test('GET /health says whether the model can be asked', async () => {
    await using stand = await openStand(echo);
    const known = { model: 'm', version: 'v1', services: ['main', 'other'] };
    expect(await stand.get('/health')).toMatchObject({ status: 200, body: { status: 'ok', ...known } });
    expect(await stand.get('/health', { method: 'HEAD' })).toMatchObject({ status: 200, body: null });
    stand.end();
    expect(await stand.get('/health')).toMatchObject({ status: 503, body: { status: 'ended', ...known } });
  });

  test('GET /openapi.json describes every path that there is, and every field of a request', async () => {
    await using stand = await openStand(echo);
    const { status, body, headers } = await stand.get('/openapi.json');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    const properties = {
      inputs: expect.anything(),
      service: { enum: ['main', 'other'], default: 'main' },
      arguments: expect.anything(),
    };
    const schema = { type: 'object', required: ['inputs'], additionalProperties: false, properties };
    expect(body).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/predict': { post: { requestBody: { content: { 'application/json': { schema } } } } },
        '/health': { get: expect.anything() },
      },
    });
  });

  test('what is not there, and what is asked in another way, is told as JSON', async () => {
    await using stand = await openStand(echo);
    expect(await stand.get('/')).toMatchObject({ status: 404, body: { error: { code: 'not-found' } } });
    expect(await stand.get('/toString')).toMatchObject({ status: 404 });
    const wrong = await stand.get('/predict');
    expect(wrong).toMatchObject({ status: 405 });
    expect(wrong.headers.get('allow')).toBe('POST');
  });

  test('a name that another site has pointed to this machine is not answered to', async () => {
    await using stand = await openStand(echo);
    const asking = (host: string) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(`${stand.url}/health`, { headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.on('error', reject).end();
      });
    expect(await asking('evil.example')).toBe(403);
    expect(await asking('localhost:8000')).toBe(200);
    expect(await asking('[::1]:8000')).toBe(200);
  });

  test('what is under way when it is to end is still answered', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    await using stand = await openStand(() => {
      begin();
      return promise;
    });
    const asked = stand.predict({ inputs: 1 });
    await begun;
    const closed = stand.close(60_000);
    await expect(fetch(`${stand.url}/health`)).rejects.toThrow();
    resolve('last');
    expect(await asked).toEqual({ status: 200, body: { outputs: 'last' } });
    await closed;
  });
});

test('addresses of this machine alone are known as such', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost', 'LocalHost'])
    expect(isLoopback(host)).toBe(true);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.example', 'example.com', ''])
    expect(isLoopback(host)).toBe(false);
  expect([urlOf('::1', 80), urlOf('127.0.0.1', 80)]).toEqual(['http://[::1]:80', 'http://127.0.0.1:80']);
});
