import { once } from 'node:events';
import type { LoadedPackage } from '@cairn/core';
import { parseDuration } from '../arguments/durations.ts';
import { parseNumber } from '../arguments/numbers.ts';
import { parseSize } from '../arguments/sizes.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { note, print } from '../output/print.ts';
import { tellTraceback, withLoaded } from '../running/loaded.ts';
import { PACKAGE_ARGUMENT, RUNNING_OPTIONS } from '../running/options.ts';
import { isLoopback } from '../serving/addresses.ts';
import { listen, shutDown } from '../serving/listen.ts';
import { createPredictionServer, type PredictionServerOptions } from '../serving/prediction-server.ts';
import { SERVING_SHAPE, servingJson } from '../shapes/running.ts';

export const serve = defineCommand({
  name: 'serve',
  group: 'Packages',
  summary: 'load a package, and answer to HTTP',
  details: [
    'POST /predict takes {"inputs": ...}, and "service" where there are several, and gives {"outputs": ...}. GET ' +
      '/health says whether the model can be asked, GET /openapi.json describes all of it. For example: curl ' +
      'localhost:8000/predict --json \'{"inputs": [1, 2, 3]}\'',
    'Only programs on this machine reach it, unless --host names an address of another kind. There is no password.',
    'Ctrl-C ends it: requests under way are answered first. When the hooks end by themselves, it ends with 1.',
  ],
  arguments: { package: PACKAGE_ARGUMENT },
  options: {
    port: { value: 'number', summary: 'the port; 8000 if left out, any that is free for 0' },
    host: {
      value: 'address',
      summary: 'the address to listen on; 127.0.0.1, this machine alone, if left out',
    },
    timeout: { value: 'time', summary: 'how long an answer may take: 90s, 30m; 60s if left out' },
    'max-body': { value: 'size', summary: 'how large a request may be: 500K, 32M, 1G; 32M if left out' },
    'max-waiting': { value: 'number', summary: 'how many requests may be under way; 64 if left out' },
    ...RUNNING_OPTIONS,
  },
  examples: [
    { line: 'cairn serve stockpred@v2', does: 'serves on http://127.0.0.1:8000' },
    { line: 'cairn serve stockpred@v2 --port 0 --json', does: 'takes any free port, and prints it as JSON' },
    { line: 'cairn serve stockpred.cairn --timeout 5m', does: 'has more patience, with a package in a file' },
  ],
  json: [{ when: 'once it is ready', shape: SERVING_SHAPE }],
  async run(context, { arguments: { package: text }, options }) {
    const port = parseNumber('port', options.port ?? '8000', { min: 0, max: 65_535 });
    const timeoutMs = Math.min(parseDuration('timeout', options.timeout ?? '60s'), TIMER_MAX_MS);
    if (timeoutMs === 0) throw usageError('--timeout 0 would leave no time to answer');
    const limits = {
      host: options.host ?? '127.0.0.1',
      timeoutMs,
      bodySizeMax: parseSize('max-body', options['max-body'] ?? '32M'),
      waitingMax: parseNumber('max-waiting', options['max-waiting'] ?? '64', { min: 1, max: 100_000 }),
    };
    await withLoaded(context, { text, options }, (loaded) => serveLoaded(context, { loaded, port, limits }));
    return EXIT.done;
  },
});

/** What a timer of Node can count to: 24 days. */
const TIMER_MAX_MS = 2 ** 31 - 1;

interface Serving {
  readonly loaded: LoadedPackage;
  readonly port: number;
  readonly limits: Omit<PredictionServerOptions, 'onFailure'>;
}

/** Until the user wants it to end, or the hooks do: then throws why. */
async function serveLoaded(context: Context, { loaded, port, limits }: Serving): Promise<void> {
  const { signal } = context;
  const server = createPredictionServer(loaded, {
    ...limits,
    onFailure: (error) => void tell(context, error),
  });
  const address = await listen(server, limits.host, port);
  try {
    if (!isLoopback(limits.host)) {
      await note(
        context,
        'warning: whoever reaches this machine over the network can use the model, without a password',
      );
    }
    await note(context, `serving ${loaded.model}@${loaded.version}; Ctrl-C ends it`);
    await print(context, { json: servingJson(address, loaded), text: () => `${address}\n` });
    const wanted = signal.aborted ? Promise.resolve(null) : once(signal, 'abort').then(() => null);
    const reason = await Promise.race([wanted, loaded.ended]);
    if (reason) throw reason;
  } finally {
    await shutDown(server);
  }
}

async function tell(context: Context, error: unknown): Promise<void> {
  await tellTraceback(context, error);
  await context.terminal.err.write(`cairn: ${error instanceof Error ? error.message : error}\n`);
}
