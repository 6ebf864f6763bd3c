/**
 * Serves the package beside it over HTTP: node server/server.mjs
 *
 * Port 3000 takes predictions, port 3001 tells how the server is; both know health and metrics. The hooks run in a
 * thread of their own, one call after another, so that health is answered while they work. Node 22.15 or newer.
 *
 * HOST, PORT, PROBE_PORT, TIMEOUT_SECONDS, BODY_SIZE_MAX and WAITING_MAX are read from the environment.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { NodePackage } from './node-package.mjs';
import { plainValue } from './plain-value.mjs';

const here = import.meta.dirname;
const served = JSON.parse(readFileSync(`${here}/plan.json`, 'utf8'));
const name = `${served.model}@${served.version}`;

/** What hooks are always given, and cannot be given besides. */
const TAKEN = new Set(['env', 'model', 'inputs', 'signal', 'service_name', 'submodels', 'model_file_loader']);
const PARAMETER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

/** How long a hook may take to let go of what nobody waits for, and answers to be sent at the end, milliseconds. */
const GRACE_MS = 10_000;

/** Upper bounds of the histogram of predictions, seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The thread of the hooks: loads the package, and answers one question after another. */
async function runHooks() {
  const request = { folder: dirname(here), package: 'package', plan: served.plan, arguments: {} };
  const loaded = new NodePackage(request);
  await loaded.load(request, { hook: '', signal: new AbortController().signal });
  let cancellation = new AbortController();
  let running = 0;
  parentPort.on('message', async ({ id, cancel, ...asked }) => {
    if (cancel !== undefined) {
      if (cancel === running) cancellation.abort();
      return;
    }
    cancellation = new AbortController();
    running = id;
    const step = { hook: '', signal: cancellation.signal };
    try {
      const outputs = plainValue(await loaded.predict(asked, step), 'outputs');
      parentPort.postMessage({ id, outputs });
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      parentPort.postMessage({ id, error: said(step.hook, error) });
    }
  });
  parentPort.postMessage('ready');
}

function said(hook, error) {
  const where = `predict of ${name} (${hook})`;
  const message = error instanceof Error ? error.message : String(error);
  if (error?.name === 'NotPlain') return `${where} gave what cannot be passed on: ${message}`;
  return `${where} failed: ${error instanceof Error ? error.name : typeof error}: ${message.slice(0, 4000)}`;
}

async function main() {
  const settings = settingsFrom(process.env);
  const app = newApp(settings);
  const servers = [
    await listen(app, settings.port, predictingRoutes(app)),
    await listen(app, settings.probePort, probingRoutes(app)),
  ];
  const [port, probePort] = servers.map((server) => server.address().port);
  const { host } = settings;
  say(`listening on http://${host}:${port}, probes on http://${host}:${probePort}`);
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => end(app, servers));
  await startHooks(app);
  say(`serving ${name}`);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function settingsFrom(variables) {
  return {
    host: variables.HOST || '127.0.0.1',
    port: Number(variables.PORT || 3000),
    probePort: Number(variables.PROBE_PORT || 3001),
    timeoutMs: Math.min(Number(variables.TIMEOUT_SECONDS || 60) * 1000, 2 ** 31 - 1),
    bodySizeMax: Number(variables.BODY_SIZE_MAX || 32 * 1024 * 1024),
    waitingMax: Number(variables.WAITING_MAX || 64),
  };
}

/** The state of the server: what is known of the hooks, what waits for them, and what is counted. */
function newApp(settings) {
  return {
    settings,
    state: 'loading',
    worker: null,
    lastId: 0,
    waiting: [],
    current: null,
    underWay: 0,
    requests: new Map(),
    buckets: BUCKETS.map(() => 0),
    predictions: 0,
    seconds: 0,
  };
}

async function startHooks(app) {
  app.worker = new Worker(new URL(import.meta.url), { name: 'hooks' });
  app.worker.on('error', (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  });
  app.worker.on('exit', () => {
    if (app.state !== 'ending') process.exit(1);
  });
  await once(app.worker, 'message');
  app.state = 'ok';
  app.worker.on('message', (reply) => settle(app, reply));
}

function settle(app, { id, outputs, error }) {
  const job = app.current;
  if (job?.id !== id) return;
  app.current = null;
  const seconds = (performance.now() - job.startedAt) / 1000;
  app.predictions++;
  app.seconds += seconds;
  BUCKETS.forEach((bound, index) => {
    if (seconds <= bound) app.buckets[index]++;
  });
  if (error === undefined) job.resolve(outputs);
  else job.reject(new RequestError(500, 'failed', error));
  askNext(app);
}

function askNext(app) {
  if (app.current !== null) return;
  const next = app.waiting.shift();
  if (next === undefined) return;
  app.current = next;
  next.startedAt = performance.now();
  app.worker.postMessage({ id: next.id, ...next.asked });
}

async function predict(app, asked) {
  if (app.state !== 'ok') {
    const state = app.state === 'ending' ? 'about to end' : 'being loaded';
    throw new RequestError(503, 'unavailable', `the model is ${state}`, { 'retry-after': '1' });
  }
  if (app.underWay >= app.settings.waitingMax) {
    throw new RequestError(503, 'busy', `${app.underWay} predictions are under way`, { 'retry-after': '1' });
  }
  app.underWay++;
  const job = { id: ++app.lastId, asked, startedAt: 0, droppedAt: Infinity, ...Promise.withResolvers() };
  const timer = setTimeout(() => drop(app, job), app.settings.timeoutMs);
  try {
    app.waiting.push(job);
    askNext(app);
    return await job.promise;
  } finally {
    clearTimeout(timer);
    app.underWay--;
  }
}

/** Nobody waits for it any more: it is not asked, or the hook is told to stop. */
function drop(app, job) {
  const at = app.waiting.indexOf(job);
  if (at >= 0) app.waiting.splice(at, 1);
  else app.worker.postMessage({ cancel: job.id });
  job.droppedAt = performance.now();
  const seconds = app.settings.timeoutMs / 1000;
  job.reject(new RequestError(504, 'timeout', `the prediction took more than ${seconds} s`));
}

/** Whether a hook goes on with what nobody waits for, which only a restart ends. */
function isStuck({ current }) {
  return current !== null && performance.now() - current.droppedAt > GRACE_MS;
}

/** What is under way is still answered. A second signal ends everything at once. */
async function end(app, servers) {
  if (app.state === 'ending') process.exit(130);
  app.state = 'ending';
  const closed = servers.map((server) => once(server, 'close'));
  for (const server of servers) {
    server.close();
    server.closeIdleConnections();
  }
  setTimeout(() => process.exit(1), GRACE_MS).unref();
  await Promise.all(closed);
  process.exit(0);
}

class RequestError extends Error {
  constructor(status, code, message, headers = {}) {
    super(message);
    Object.assign(this, { status, code, headers });
  }
}

function invalid(message) {
  return new RequestError(400, 'invalid', message);
}

function probingRoutes(app) {
  const services = served.plan.services.map((service) => service.name);
  const { model, version } = served;
  const health = () => {
    const status = isStuck(app) ? 'stuck' : app.state;
    return [status === 'ok' ? 200 : 503, { status, model, version, services }];
  };
  const live = () => (isStuck(app) ? [503, { status: 'stuck' }] : [200, { status: 'ok' }]);
  return {
    '/health': { GET: health },
    '/healthz': { GET: health },
    '/readyz': { GET: health },
    '/livez': { GET: live },
    '/metrics': { GET: () => [200, metricsText(app)] },
  };
}

function predictingRoutes(app) {
  const description = JSON.parse(readFileSync(`${here}/openapi.json`, 'utf8'));
  return {
    ...probingRoutes(app),
    '/predict': {
      POST: async (request) => {
        const asked = checked(await readJson(request, app.settings.bodySizeMax));
        return [200, { outputs: await predict(app, asked) }];
      },
    },
    '/openapi.json': { GET: () => [200, description] },
    '/docs.json': { GET: () => [200, description] },
  };
}

/** What is asked for, as the hooks are asked. */
function checked(body) {
  if (!isObject(body)) throw invalid('the body must be an object');
  const { inputs, service = served.service, arguments: given = {}, ...others } = body;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`there is no field ${JSON.stringify(unknown.slice(0, 100))}`);
  if (inputs === undefined) throw invalid('there are no inputs');
  if (!isObject(given)) throw invalid('arguments must be an object');
  const wrong = Object.keys(given).find((each) => TAKEN.has(each) || !PARAMETER.test(each));
  if (wrong !== undefined) {
    const problem = TAKEN.has(wrong) ? 'hooks are given that already' : 'it is no name of a parameter';
    throw invalid(`argument ${JSON.stringify(wrong.slice(0, 100))}: ${problem}`);
  }
  return { service: checkedService(service), inputs, arguments: given };
}

function checkedService(service) {
  const services = served.plan.services.map((each) => each.name);
  if (service === null) throw invalid(`${name} has several services; name one of ${services.join(', ')}`);
  if (typeof service !== 'string') throw invalid('service must be the name of one');
  if (services.includes(service)) return service;
  throw invalid(`${name} has no service ${JSON.stringify(service.slice(0, 100))}`);
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readJson(request, sizeMax) {
  // Browsers send JSON to other sites only after asking them, and nobody answers that here.
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestError(415, 'invalid', 'the body must be application/json');
  }
  const chunks = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > sizeMax) break;
      chunks.push(chunk);
    }
  } catch {
    throw invalid('the request ended early');
  }
  if (size > sizeMax) {
    throw new RequestError(413, 'invalid', `the body must not be larger than ${sizeMax} bytes`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (error) {
    throw invalid(`the body is not JSON: ${error.message}`);
  }
}

async function listen(app, port, routes) {
  const timeouts = { requestTimeout: 60_000, headersTimeout: 10_000 };
  const server = createServer(timeouts, async (request, response) => {
    const path = request.url.split('?', 1)[0];
    let status = 500;
    let body = null;
    let headers = {};
    try {
      [status, body] = await routeOf(routes, path, request.method)(request);
    } catch (error) {
      if (!(error instanceof RequestError)) process.stderr.write(`${error?.stack ?? error}\n`);
      ({ status = 500, headers = {} } = error);
      const { code = 'bug', message } = error;
      body = { error: { code, message } };
    }
    count(app, Object.hasOwn(routes, path) ? path : 'other', status);
    send(request, response, { status, body, headers });
  });
  server.maxConnections = 256;
  server.listen(port, app.settings.host);
  await once(server, 'listening');
  return server;
}

function routeOf(routes, path, method) {
  if (!Object.hasOwn(routes, path)) {
    const known = Object.keys(routes).join(', ');
    throw new RequestError(404, 'not-found', `there is no ${path.slice(0, 100)}; there is ${known}`);
  }
  const methods = routes[path];
  const wanted = method === 'HEAD' ? 'GET' : method;
  if (Object.hasOwn(methods, wanted)) return methods[wanted];
  const allow = Object.keys(methods).join(', ');
  throw new RequestError(405, 'invalid', `${path} takes ${allow}`, { allow });
}

function send(request, response, { status, body, headers }) {
  if (response.destroyed) return;
  const isText = typeof body === 'string';
  const bytes = Buffer.from(isText ? body : `${JSON.stringify(body)}\n`);
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(request.complete ? {} : { connection: 'close' }),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function count({ requests }, path, status) {
  const key = `path="${path}",status="${status}"`;
  requests.set(key, (requests.get(key) ?? 0) + 1);
}

/** In the text format of Prometheus. */
function metricsText(app) {
  const lines = [
    '# HELP cairn_served_info What is served.',
    '# TYPE cairn_served_info gauge',
    `cairn_served_info{model="${served.model}",version="${served.version}"} 1`,
    '# HELP cairn_ready Whether the model can be asked.',
    '# TYPE cairn_ready gauge',
    `cairn_ready ${app.state === 'ok' ? 1 : 0}`,
    '# HELP cairn_predictions_in_progress Predictions under way and waiting.',
    '# TYPE cairn_predictions_in_progress gauge',
    `cairn_predictions_in_progress ${app.underWay}`,
    '# HELP cairn_requests_total Requests answered.',
    '# TYPE cairn_requests_total counter',
    ...[...app.requests].sort().map(([key, total]) => `cairn_requests_total{${key}} ${total}`),
    '# HELP cairn_predict_seconds What the predict hook took.',
    '# TYPE cairn_predict_seconds histogram',
    ...BUCKETS.map((bound, index) => `cairn_predict_seconds_bucket{le="${bound}"} ${app.buckets[index]}`),
    `cairn_predict_seconds_bucket{le="+Inf"} ${app.predictions}`,
    `cairn_predict_seconds_sum ${app.seconds.toFixed(6)}`,
    `cairn_predict_seconds_count ${app.predictions}`,
  ];
  return `${lines.join('\n')}\n`;
}

if (isMainThread) await main();
else await runHooks();
