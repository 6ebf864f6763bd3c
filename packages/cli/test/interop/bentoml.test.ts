import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Bench, freePort, interpreters, openBench, startTool } from './support/bench.ts';

/** What `make_bento.py` has made. */
interface Made {
  readonly inputs: readonly (readonly number[])[];
  readonly predictions: unknown;
  /** BentoML's folder. */
  readonly store: string;
  readonly exports: string;
}

function make(bench: Bench, interpreter: string): Made {
  const [store, exports] = [join(bench.work, 'store'), join(bench.work, 'exports')];
  return { ...bench.python<Made>(interpreter, 'make_bento.py', store, exports), store, exports };
}

/** Hides where things came from. */
function hide({ store, exports }: Made, { home }: Bench): void {
  renameSync(store, join(home, 'store'));
  renameSync(exports, join(home, 'exports'));
}

/** Takes a model out into a store of its own, and lets BentoML load and ask it. */
function predicted({ cairn, python, work }: Bench, interpreter: string, { inputs }: Made): unknown {
  const store = join(work, 'other-store');
  mkdirSync(join(store, 'models/forest'), { recursive: true });
  cairn('get', 'forest@v1', join(store, 'models/forest/v1'));
  return python(interpreter, 'predict_bento.py', store, 'forest:v1', JSON.stringify(inputs));
}

describe.skipIf(interpreters === null)('BentoML loads from a version what it has saved itself', () => {
  const bentoml = interpreters?.mlflow3 ?? '';

  test('a model of its store', () => {
    using bench = openBench();
    const made = make(bench, bentoml);
    bench.cairn('add', 'forest@v1', '--create', '--from', 'bentoml:forest:v1', '--home', made.store);
    hide(made, bench);
    expect(predicted(bench, bentoml, made)).toEqual(made.predictions);
    expect(JSON.parse(bench.cairn('show', 'forest@v1', '--json')).labels).toMatchObject({ team: 'pricing' });
  });

  test('a model that it has exported', () => {
    using bench = openBench();
    const made = make(bench, bentoml);
    bench.cairn('add', 'forest@v1', '--create', '--from', join(made.exports, 'forest.bentomodel'));
    hide(made, bench);
    expect(predicted(bench, bentoml, made)).toEqual(made.predictions);
  });

  test('a bento that it has exported, with its model', () => {
    using bench = openBench();
    const made = make(bench, bentoml);
    bench.cairn('add', 'prices@v1', '--create', '--from', join(made.exports, 'prices.bento'));
    hide(made, bench);
    const out = join(bench.work, 'prices');
    bench.cairn('get', 'prices@v1', out);
    const imported = bench.python(bentoml, 'import_bento.py', join(bench.work, 'other-store'), out);
    expect(imported).toEqual({ tag: 'prices:b1', models: ['forest:v1'] });
  });

  test('a bento of its store, which serves from the template that is built of it', async () => {
    using bench = openBench();
    const made = make(bench, bentoml);
    bench.cairn('add', 'prices@v1', '--create', '--from', 'bentoml:prices', '--home', made.store);
    hide(made, bench);
    const served = join(bench.work, 'served');
    bench.cairn('build', 'prices@v1', served);
    const port = await freePort();
    const address = ['--host', '127.0.0.1', '--port', String(port)];
    await using _server = await startTool(bentoml, ['bentoml', 'serve', 'bento', ...address], {
      ...{ cwd: served, home: bench.home },
      ready: /Service .* initialized|Application startup complete|Starting production HTTP/,
    });
    const answer = await fetch(`http://127.0.0.1:${port}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: made.inputs }),
    });
    expect(await answer.json()).toEqual(made.predictions);
  });
});
