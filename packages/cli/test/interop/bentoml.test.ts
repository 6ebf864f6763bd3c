import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, freePort, interpreters, openBench, startTool } from './support/bench.ts';

/** What `make_bento.py` tells: what its model predicts for the inputs. */
interface Made {
  readonly inputs: readonly (readonly number[])[];
  readonly predictions: unknown;
}

describe.skipIf(interpreters === null)('BentoML loads from a version what it has saved itself', () => {
  const bentoml = interpreters?.mlflow3 ?? '';
  let bench: Bench;
  let made: Made;

  /** Registers models and bentos, and hides where they came from. */
  beforeAll(() => {
    bench = openBench();
    const [store, exports] = [join(bench.work, 'store'), join(bench.work, 'exports')];
    made = bench.python<Made>(bentoml, 'make_bento.py', store, exports);
    const add = (name: string, from: string) =>
      bench.cairn('add', `${name}@v1`, '--create', '--from', from, '--home', store);
    add('forest', 'bentoml:forest:v1');
    add('exported', join(exports, 'forest.bentomodel'));
    add('prices', 'bentoml:prices');
    add('exported-prices', join(exports, 'prices.bento'));
    renameSync(store, join(bench.home, 'store'));
    renameSync(exports, join(bench.home, 'exports'));
  }, 600_000);

  afterAll(() => bench?.[Symbol.dispose]());

  test.each(['forest', 'exported'])('a model (%s)', (name) => {
    const store = join(bench.work, `store-of-${name}`);
    mkdirSync(join(store, 'models/forest'), { recursive: true });
    bench.cairn('get', `${name}@v1`, join(store, 'models/forest/v1'));
    const inputs = JSON.stringify(made.inputs);
    expect(bench.python(bentoml, 'predict_bento.py', store, 'forest:v1', inputs)).toEqual(made.predictions);
    const { labels } = JSON.parse(bench.cairn('show', `${name}@v1`, '--json'));
    expect(labels).toMatchObject({ team: 'pricing' });
  });

  test('a bento with its model, which it imports', () => {
    const out = join(bench.work, 'exported-prices');
    bench.cairn('get', 'exported-prices@v1', out);
    const imported = bench.python(bentoml, 'import_bento.py', join(bench.work, 'other-store'), out);
    expect(imported).toEqual({ tag: 'prices:b1', models: ['forest:v1'] });
  });

  test('a bento with its model, which it serves from the template that is built of it', async () => {
    const served = join(bench.work, 'served');
    bench.cairn('build', 'prices@v1', served);
    const port = await freePort();
    const address = ['--host', '127.0.0.1', '--port', String(port)];
    await using _server = await startTool(bentoml, ['bentoml', 'serve', '.', ...address], {
      ...{ cwd: join(served, 'bento'), home: bench.home },
      ready: /Application startup complete|Service .* initialized/,
    });
    const answer = await fetch(`http://127.0.0.1:${port}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: made.inputs }),
    });
    expect(await answer.json()).toEqual(made.predictions);
  });
});
