import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Bench, freePort, interpreters, openBench, startTool } from './support/bench.ts';

/** What `log_mlflow.py` tells of a run: what each of its models predicts for the inputs. */
interface Logged {
  readonly run: string;
  readonly inputs: readonly (readonly number[])[];
  readonly predictions: Readonly<Record<string, unknown>>;
}

/** Takes versions out, and lets MLflow load and ask each of the models in them. */
function predictions({ cairn, python, work }: Bench, interpreter: string, { inputs, ...logged }: Logged) {
  const [ofRun, ofRegistry] = [join(work, 'out'), join(work, 'champion')];
  cairn('get', 'prices@v1', ofRun);
  cairn('get', 'House-prices@champion', ofRegistry);
  const names = Object.keys(logged.predictions);
  const folders = [ofRegistry, ...names.map((name) => join(ofRun, name))];
  const asked = python<unknown[]>(interpreter, 'predict_mlflow.py', JSON.stringify(inputs), ...folders);
  expect(asked[0]).toEqual(logged.predictions.forest);
  return Object.fromEntries(names.map((name, index) => [name, asked[index + 1]]));
}

/** What was logged beside the models. */
function checkDetails({ cairn }: Bench, run: string): void {
  const version = JSON.parse(cairn('show', 'prices@v1', '--json'));
  expect(version.params).toEqual({ trees: '5', 'model/seed': '7' });
  expect(version.metrics).toMatchObject({ loss: 0.2 });
  expect(JSON.stringify(version.sources)).toContain(run);
  expect(cairn('cat', 'prices@v1:notes/residuals.txt')).toBe('fine\n');
}

/** Registers a run and takes over the registry, and hides where they came from before anything is loaded. */
function register(bench: Bench, what: string, uri: string): void {
  bench.cairn('add', 'prices@v1', '--create', '--from', `mlflow:${what}`, '--uri', uri);
  bench.cairn('import', 'mlflow-registry', '--uri', uri);
  for (const name of ['mlruns', 'mlflow.db', 'mlartifacts']) {
    try {
      renameSync(join(bench.work, name), join(bench.home, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

describe.skipIf(interpreters === null)('MLflow loads from a version what it has logged itself', () => {
  const { mlflow2, mlflow3 } = interpreters ?? { mlflow2: '', mlflow3: '' };

  test('with MLflow 2, in its folder of files', () => {
    using bench = openBench();
    const logged = bench.python<Logged>(mlflow2, 'log_mlflow.py');
    register(bench, logged.run, join(bench.work, 'mlruns'));
    expect(predictions(bench, mlflow2, logged)).toEqual(logged.predictions);
    checkDetails(bench, logged.run);
  });

  test('with MLflow 2, in a database', () => {
    using bench = openBench();
    const logged = bench.python<Logged>(mlflow2, 'log_mlflow.py', 'sqlite:///mlflow.db');
    register(bench, 'bold forest', join(bench.work, 'mlflow.db'));
    expect(predictions(bench, mlflow2, logged)).toEqual(logged.predictions);
    checkDetails(bench, logged.run);
  });

  test('with MLflow 3, in the database that it makes of itself, models of scikit-learn and ONNX', () => {
    using bench = openBench();
    const logged = bench.python<Logged>(mlflow3, 'log_mlflow.py');
    register(bench, 'bold forest', join(bench.work, 'mlflow.db'));
    expect(Object.keys(logged.predictions)).toEqual(['forest', 'net']);
    expect(predictions(bench, mlflow3, logged)).toEqual(logged.predictions);
    checkDetails(bench, logged.run);
  });

  test('with MLflow 3, in a folder of files', () => {
    using bench = openBench();
    const uri = join(bench.work, 'mlruns');
    const logged = bench.python<Logged>(mlflow3, 'log_mlflow.py', `file://${uri}`);
    register(bench, logged.run, uri);
    expect(predictions(bench, mlflow3, logged)).toEqual(logged.predictions);
    checkDetails(bench, logged.run);
  });

  test('with MLflow 3, from a server', async () => {
    using bench = openBench();
    const port = await freePort();
    const uri = `http://127.0.0.1:${port}`;
    const words = ['--backend-store-uri', 'sqlite:///mlflow.db', '--artifacts-destination', 'mlartifacts'];
    const address = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
    let logged: Logged;
    {
      await using _server = await startTool(mlflow3, ['mlflow', 'server', ...words, ...address], {
        ...{ cwd: bench.work, home: bench.home },
        ready: /Application startup complete/,
      });
      logged = bench.python<Logged>(mlflow3, 'log_mlflow.py', uri);
      register(bench, logged.run, uri);
    }
    expect(predictions(bench, mlflow3, logged)).toEqual(logged.predictions);
    checkDetails(bench, logged.run);
  });
});
