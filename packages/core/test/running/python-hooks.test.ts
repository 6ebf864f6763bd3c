import { chattyPackage, linearPackage, raisingPackage, twoModelsPackage } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { failureOf, HAS_PYTHON, isRunning, openStage, pythonPackage } from './package-fixture.ts';

describe.skipIf(!HAS_PYTHON)('hooks in Python (skipped without python3)', () => {
  test('load and predict import what stands beside them, and read the model files', async () => {
    await using stage = openStage();
    await using loaded = await stage.load(linearPackage({ factor: 3, offset: 0.5 }));
    expect(await loaded.predict([1, 2, -1])).toEqual([3.5, 6.5, -2.5]);
    expect(loaded).toMatchObject({ model: 'linear', version: 'v1', services: ['main'], service: 'main' });
  });

  test('hooks are called with keywords, exactly those that the schema v2023.1 knows', async () => {
    await using stage = openStage();
    const hook = (name: string) =>
      `def ${name}(*args, **kwargs):\n    return [list(args), sorted(kwargs), __name__]\n`;
    const predict = `${hook('seen')}\ndef predict(*args, **kwargs):\n    return [kwargs["model"], seen(*args, **kwargs)]\n`;
    const loaded = await stage.load(pythonPackage(predict, hook('load')));
    const name = expect.stringMatching(/^package_[0-9a-f]{16}\.hooks\.(load|predict)$/);
    expect(await loaded.predict(0)).toEqual([
      [[], ['env'], name],
      [[], ['env', 'inputs', 'model'], name],
    ]);
  });

  test('the environment that hooks are given has one key: the absolute folder of the models', async () => {
    await using stage = openStage();
    const predict =
      'import os\n\ndef predict(env, model, inputs):\n    return [env, os.listdir(model), os.path.isabs(model)]\n';
    const load = 'def load(env):\n    return env["MLSTEAM_MODEL_DIR"]\n';
    const loaded = await stage.load(pythonPackage(predict, load), {}, 'packaged');
    const [env, files, isAbsolute] = (await loaded.predict(null)) as [
      Record<string, string>,
      string[],
      boolean,
    ];
    expect(Object.keys(env)).toEqual(['MLSTEAM_MODEL_DIR']);
    expect(env.MLSTEAM_MODEL_DIR).toMatch(/package_[0-9a-f]{16}.models$/);
    expect(files).toEqual(['weights.bin']);
    expect(isAbsolute).toBe(true);
  });

  test('submodels have loaders of their own, and services predictors of theirs', async () => {
    await using stage = openStage();
    const loaded = await stage.load(twoModelsPackage());
    expect(loaded.services).toEqual(['main', 'inverse']);
    expect(await loaded.predict([1, 2])).toEqual([13, 16]);
    expect(await loaded.predict([13, 16], { service: 'inverse' })).toEqual([1, 2]);
  });

  test('what hooks print reaches the caller, also past the buffers of Python, and breaks nothing', async () => {
    await using stage = openStage();
    const loaded = await stage.load(chattyPackage());
    expect(await loaded.predict([1])).toEqual({ said: 'a model', inputs: [1] });
    await loaded.close();
    expect(stage.printed.stdout.replaceAll('\0', '0')).toBe(
      "importing the loader\nloading\n000\x05{}}\nimporting the predictor\n{'outputs': 'not these'}\n",
    );
    expect(stage.printed.stderr).toBe('loading, to standard error\n');
  });

  test('an exception reaches the caller with its traceback, in which paths are those of the package', async () => {
    await using stage = openStage();
    const loaded = await stage.load(raisingPackage('predict'));
    const error = await failureOf(loaded.predict([1]));
    expect(error.code).toBe('failed');
    expect(error.message).toBe(
      'predict of linear@v1 (hooks/predict.py) failed: ValueError: cannot predict from a list',
    );
    expect(error.data).toMatchObject({ call: 'predict', hook: 'hooks/predict.py', exception: 'ValueError' });
    expect(error.data.traceback).toContain('  File "hooks/predict.py", line 3, in predict\n');
    expect(error.data.traceback).toContain('The above exception was the direct cause');
    expect(error.data.traceback).not.toMatch(/hook-runner|cairn-run/);
    expect((await failureOf(loaded.predict([1]))).code).toBe('failed');
  });

  test('an exception in load is thrown by loading, and nothing is left behind', async () => {
    await using stage = openStage();
    const error = await failureOf(stage.load(raisingPackage('load')));
    expect(error.message).toBe(
      'load of linear@v1 (hooks/load.py) failed: FileNotFoundError: no weights in models',
    );
    expect(error.data.traceback).toContain('in broken');
    expect(stage.left()).toEqual([]);
  });

  test('a hook that is no Python, or has no such function, is named', async () => {
    await using stage = openStage();
    const syntax = await failureOf(stage.load(pythonPackage('', 'def load(:\n')));
    expect(syntax.message).toMatch(/^load of linear@v1 \(hooks\/load\.py\) failed: SyntaxError: /);
    const loaded = await stage.load(pythonPackage('def Predict():\n    pass\n'));
    const missing = await failureOf(loaded.predict(1));
    expect(missing.message).toMatch(/AttributeError: hooks\/predict\.py has no function predict$/);
  });

  test('a hook that ends its process is told apart from one that raises', async () => {
    await using stage = openStage();
    const exit = await stage.load(pythonPackage('import sys\n\ndef predict(**_):\n    sys.exit("enough")\n'));
    expect((await failureOf(exit.predict(1))).message).toMatch(/failed: SystemExit: enough$/);
    const gone = await stage.load(
      pythonPackage(
        'import os, sys\n\ndef predict(**_):\n    print("bye", file=sys.stderr)\n    os._exit(7)\n',
      ),
    );
    const error = await failureOf(gone.predict(1));
    expect(error.code).toBe('failed');
    expect(error.message).toBe('the hooks ended early: python3 ended with exit code 7: bye');
    expect(await gone.ended).toBe(error);
    expect(await failureOf(gone.predict(1))).toBe(error);
  });

  test('a hook that is killed, as by a system without memory, is told with the signal', async () => {
    await using stage = openStage();
    const kill = 'import os, signal\n\ndef predict(**_):\n    os.kill(os.getpid(), signal.SIGKILL)\n';
    const error = await failureOf((await stage.load(pythonPackage(kill))).predict(1));
    expect(error.message).toBe('the hooks ended early: python3 ended by SIGKILL');
    expect(error.hint).toContain('memory');
    const segfault = 'import faulthandler\n\ndef predict(**_):\n    faulthandler._sigsegv()\n';
    const crash = await failureOf((await stage.load(pythonPackage(segfault))).predict(1));
    expect(crash.data).toMatchObject({ signal: 'SIGSEGV' });
    expect(crash.data.stderr).toContain('hooks/predict.py", line 4 in predict');
  });

  test('large inputs and outputs come whole', async () => {
    await using stage = openStage();
    const predict =
      'def predict(model, inputs, **_):\n    return [len(inputs), "x" * 20_000_000, list(range(200_000))]\n';
    const loaded = await stage.load(pythonPackage(predict));
    const [length, text, numbers] = (await loaded.predict('y'.repeat(5_000_000))) as [
      number,
      string,
      number[],
    ];
    expect(length).toBe(5_000_000);
    expect(text.length).toBe(20_000_000);
    expect(numbers.at(-1)).toBe(199_999);
  });

  test('what a hook has started is ended with it, and does not hold up the end', async () => {
    await using stage = openStage();
    const sleep = '[sys.executable, "-c", "import time; time.sleep(600)"]';
    const predict = `import subprocess, sys\n\ndef predict(**_):\n    return subprocess.Popen(${sleep}).pid\n`;
    const loaded = await stage.load(pythonPackage(predict));
    const pid = (await loaded.predict(1)) as number;
    expect(isRunning(pid)).toBe(true);
    await loaded.close();
    expect(stage.left()).toEqual([]);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  test('what hooks do at exit is done when the package is closed', async () => {
    await using stage = openStage();
    const load = 'import atexit\n\ndef load(env):\n    atexit.register(print, "good-bye")\n';
    await (await stage.load(pythonPackage('', load))).close();
    expect(stage.printed.stdout).toBe('good-bye\n');
  });

  test('arguments of the caller are keywords of the hook', async () => {
    await using stage = openStage();
    const predict = 'def predict(model, inputs, top_k=1, **_):\n    return [model, top_k]\n';
    const load = 'def load(env, size="small"):\n    return size\n';
    const loaded = await stage.load(pythonPackage(predict, load), { arguments: { size: 'large' } });
    expect(await loaded.predict(1, { arguments: { top_k: 5 } })).toEqual(['large', 5]);
    expect((await failureOf(loaded.predict(1, { arguments: { inputs: 5 } }))).code).toBe('invalid');
    expect((await failureOf(loaded.predict(1, { arguments: { 'top-k': 5 } }))).code).toBe('invalid');
  });
});
