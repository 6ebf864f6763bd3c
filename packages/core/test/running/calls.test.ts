import { twoModelsPackage } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { failureOf, HAS_PYTHON, nodePackageOf, openStage, pythonPackage } from './package-fixture.ts';

/** Hooks that take inputs by name: to answer, to wait, or not to let go. */
const PYTHON = pythonPackage(`import time

calls = []

def predict(env, model, inputs):
    calls.append(inputs)
    if inputs == "wait":
        print("begun")
        time.sleep(600)
    while inputs == "cling":
        try:
            print("begun")
            time.sleep(600)
        except KeyboardInterrupt:
            pass
    return list(calls)
`);

const NODE = nodePackageOf(`const calls = [];

export async function predict({ inputs, signal }) {
  calls.push(inputs);
  if (inputs === 'wait' || inputs === 'cling') console.log('begun');
  if (inputs === 'wait') await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  while (inputs === 'cling');
  return [...calls];
}
`);

describe.each([
  { language: 'Python', files: PYTHON, runs: HAS_PYTHON },
  { language: 'Node', files: NODE, runs: true },
])('calls of hooks in $language', ({ files, runs }) => {
  test.skipIf(!runs)('calls at the same time run one after another, in their order', async () => {
    await using stage = openStage();
    const loaded = await stage.load(files);
    const answers = await Promise.all([loaded.predict('a'), loaded.predict('b'), loaded.predict('c')]);
    expect(answers).toEqual([['a'], ['a', 'b'], ['a', 'b', 'c']]);
  });

  test.skipIf(!runs)(
    'a call that is cancelled fails at once, the hook is interrupted, and the next is answered',
    async () => {
      await using stage = openStage();
      const loaded = await stage.load(files);
      for (const turn of [1, 2]) {
        const stop = new AbortController();
        const begun = stage.nextPrint();
        const waiting = failureOf(loaded.predict('wait', { signal: stop.signal }));
        const next = loaded.predict('next');
        await begun;
        stop.abort();
        expect((await waiting).code).toBe('cancelled');
        expect(await next).toEqual(['wait', 'next', 'wait', 'next'].slice(0, turn * 2));
      }
    },
  );

  test.skipIf(!runs)('a call that is cancelled before its turn is never made', async () => {
    await using stage = openStage();
    const loaded = await stage.load(files);
    const [first, second] = [new AbortController(), new AbortController()];
    const begun = stage.nextPrint();
    const running = failureOf(loaded.predict('wait', { signal: first.signal }));
    const waiting = failureOf(loaded.predict('never', { signal: second.signal }));
    second.abort();
    expect((await waiting).code).toBe('cancelled');
    await begun;
    first.abort();
    expect((await running).code).toBe('cancelled');
    expect(await loaded.predict('after')).toEqual(['wait', 'after']);
    expect((await failureOf(loaded.predict('never', { signal: AbortSignal.abort() }))).code).toBe(
      'cancelled',
    );
  });

  test.skipIf(!runs)('hooks that do not let go of a cancelled call are ended, and say so', async () => {
    await using stage = openStage();
    const loaded = await stage.load(files, { cancelGraceMs: 1 });
    const stop = new AbortController();
    const begun = stage.nextPrint();
    const clinging = failureOf(loaded.predict('cling', { signal: stop.signal }));
    await begun;
    stop.abort();
    const error = await clinging;
    expect(error.code).toBe('cancelled');
    const next = await failureOf(loaded.predict('next'));
    expect(next.message).toBe(
      'the hooks of linear@v1 did not end a call that was cancelled, and were stopped',
    );
    expect(await loaded.ended).toBe(next);
    await loaded.close();
    expect(stage.left()).toEqual([]);
  });

  test.skipIf(!runs)(
    'closing cancels what runs and what waits, and nothing can be asked afterwards',
    async () => {
      await using stage = openStage();
      const loaded = await stage.load(files);
      const calls = [failureOf(loaded.predict('cling')), failureOf(loaded.predict('next'))];
      await Promise.all([loaded.close(), loaded.close()]);
      expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(['cancelled', 'cancelled']);
      expect(await failureOf(loaded.predict('late'))).toMatchObject({
        code: 'invalid',
        message: 'linear@v1 is closed',
      });
      expect(stage.left()).toEqual([]);
    },
  );

  test.skipIf(!runs)('loading can be cancelled, and leaves nothing', async () => {
    await using stage = openStage();
    const clinging = {
      ...files,
      'hooks/load.py': 'import time\n\ndef load(env):\n    print("loading")\n    time.sleep(600)\n',
      'hooks/load.mjs':
        'export function load() {\n  console.log("loading");\n  return new Promise((resolve) => setTimeout(resolve, 600_000));\n}\n',
    };
    const only = Object.fromEntries(
      Object.entries(clinging).filter(([path]) => !path.startsWith('hooks/load') || path in files),
    );
    const stop = new AbortController();
    const onOutput = () => stop.abort();
    expect((await failureOf(stage.load(only, { signal: stop.signal, onOutput }))).code).toBe('cancelled');
    expect((await failureOf(stage.load(only, { signal: AbortSignal.abort() }))).code).toBe('cancelled');
    expect(stage.left()).toEqual([]);
  });

  test.skipIf(!runs)('inputs that JSON cannot hold are refused before the hook is called', async () => {
    await using stage = openStage();
    const loaded = await stage.load(files);
    const error = await failureOf(loaded.predict({ rows: [1, () => 2] }));
    expect(error).toMatchObject({ code: 'invalid' });
    expect(error.message).toBe('inputs.rows[1] is a function, which JSON has no form for');
    expect(await loaded.predict(new Float32Array([0.5, Number.NaN]))).toEqual([[0.5, null]]);
  });
});

test.skipIf(!HAS_PYTHON)('a service that is not there is refused, by loading and by calling', async () => {
  await using stage = openStage();
  const error = await failureOf(stage.load(twoModelsPackage(), { service: 'second' }));
  expect(error).toMatchObject({ code: 'invalid', hint: 'it has main, inverse' });
  const loaded = await stage.load(twoModelsPackage(), { service: 'inverse' });
  expect(await loaded.predict([13])).toEqual([1]);
  expect((await failureOf(loaded.predict([13], { service: 'second' }))).code).toBe('invalid');
});
