import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linearPackage, nodePackage, type PackageFiles, writePackage } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CairnOptions, cairn, startCairn } from '../support/cairn.ts';
import { HAS_PYTHON } from '../support/python.ts';

const PASSPHRASE = 'correct horse battery staple';
const WEIGHTS = 'the plaintext of some weights';

/** In memory, so that the packages are too. */
const place = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'cairn-test-'));
const registry = join(place, 'registry');
const options: CairnOptions = { cwd: place, variables: { CAIRN_CONFIG: join(place, 'config') } };
const knowing: CairnOptions = {
  ...options,
  variables: { ...options.variables, CAIRN_PASSPHRASE: PASSPHRASE },
};

/** Gives its process, and keeps its model files. */
const PYTHON: PackageFiles = {
  ...kept(linearPackage()),
  'hooks/predict.py': 'import os\n\ndef predict(**_):\n    return os.getpid()\n',
};

const NODE: PackageFiles = kept(nodePackage());

function kept(files: PackageFiles): PackageFiles {
  const manifest = files['manifest.json']!.replace('after-load', 'never');
  return { ...files, 'manifest.json': manifest, 'models/more.bin': WEIGHTS };
}

beforeAll(() => {
  writeFileSync(join(place, 'inputs.json'), '[1, 2]');
  succeeded(['init', registry]);
  add('python@v1', PYTHON);
  add('node@v1', NODE);
});

afterAll(() => rmSync(place, { recursive: true }));

function succeeded(words: readonly string[]): string {
  const { code, out, err } = cairn(words, knowing);
  expect({ words, code, err: code === 0 ? '' : err }).toEqual({ words, code: 0, err: '' });
  return out;
}

function add(reference: string, files: PackageFiles): void {
  const folder = join(place, reference);
  writePackage(folder, files);
  succeeded([
    ...[
      '--registry',
      registry,
      'add',
      reference,
      '--create',
      '--type',
      'packaged-encrypted',
      '--encrypt',
      'passphrase',
    ],
    ...[
      '--model',
      join(folder, 'models'),
      '--hooks',
      join(folder, 'hooks'),
      '--manifest',
      join(folder, 'manifest.json'),
    ],
  ]);
  rmSync(folder, { recursive: true });
}

interface Served extends Disposable {
  readonly server: ChildProcess;
  readonly url: string;
  readonly exit: Promise<{ code: number | null; signal: string | null; err: string }>;
  predict(inputs: unknown): Promise<unknown>;
}

/** A package that is served, once it is ready. */
async function serve(reference: string): Promise<Served> {
  const server = startCairn(
    ['--registry', registry, 'serve', reference, '--port', '0', '--folder', place],
    knowing,
  );
  let err = '';
  server.stderr!.on('data', (bytes) => {
    err += bytes;
  });
  const exit = once(server, 'exit').then(([code, signal]) => ({ code, signal, err }));
  const [line] = await Promise.race([
    once(server.stdout!, 'data'),
    exit.then((ended) => [JSON.stringify(ended)]),
  ]);
  const url = String(line).trim();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  return {
    ...{ server, url, exit },
    async predict(inputs) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ inputs });
      const response = await fetch(`${url}/predict`, { method: 'POST', headers, body });
      return ((await response.json()) as { outputs: unknown }).outputs;
    },
    [Symbol.dispose]: () => void server.kill('SIGKILL'),
  };
}

/** Private folders, and what is in them. */
function privateFiles(): string[] {
  const folders = readdirSync(place).filter((name) => name.startsWith('cairn-run-'));
  return folders.flatMap((name) => readdirSync(join(place, name), { recursive: true, encoding: 'utf8' }));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

describe.skipIf(process.platform === 'win32')('a sealed package that is served', () => {
  test.each([
    'SIGINT',
    'SIGTERM',
    'SIGHUP',
  ] as const)('ends with 0 on %s, and leaves nothing', async (signal) => {
    using served = await serve('node@v1');
    expect(await served.predict([1, 2])).toEqual([3, 5]);
    expect(privateFiles().some((path) => path.endsWith('models/more.bin'))).toBe(true);
    served.server.kill(signal);
    expect(await served.exit).toMatchObject({ code: 0 });
    expect(privateFiles()).toEqual([]);
  });

  test.skipIf(!HAS_PYTHON)(
    'ends with its process when that is killed, and takes its files along',
    async () => {
      using served = await serve('python@v1');
      const pid = (await served.predict(0)) as number;
      expect(isRunning(pid)).toBe(true);
      served.server.kill('SIGKILL');
      await served.exit;
      await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false);
      await expect.poll(privateFiles, { timeout: 20_000 }).toEqual([]);
    },
  );

  test('leaves its files when everything is killed, and the next start removes them', async () => {
    using served = await serve('node@v1');
    served.server.kill('SIGKILL');
    await served.exit;
    expect(privateFiles().some((path) => path.endsWith('models/more.bin'))).toBe(true);
    const words = ['--registry', registry, 'run', 'node@v1', '--input', 'inputs.json', '--folder', place];
    expect(succeeded(words)).toBe('[3,5]\n');
    expect(privateFiles()).toEqual([]);
  });

  test.skipIf(!HAS_PYTHON)('says so and ends with 1 when its hooks end', async () => {
    using served = await serve('python@v1');
    process.kill((await served.predict(0)) as number, 'SIGKILL');
    const { code, err } = await served.exit;
    expect(code).toBe(1);
    expect(err).toContain('the hooks ended early: python3 ended by SIGKILL');
    expect(privateFiles()).toEqual([]);
  });
});

test.skipIf(!HAS_PYTHON)('Ctrl-C ends a prediction, and leaves nothing', async () => {
  const sleep = 'import time\n\ndef predict(**_):\n    print("begun")\n    time.sleep(600)\n';
  add('slow@v1', { ...PYTHON, 'hooks/predict.py': sleep });
  const words = ['--registry', registry, 'run', 'slow@v1', '--input', 'inputs.json', '--folder', place];
  const child = startCairn(words, knowing);
  const exit = once(child, 'exit');
  await once(child.stderr!, 'data');
  expect(privateFiles().some((path) => path.endsWith('models/more.bin'))).toBe(true);
  child.kill('SIGINT');
  expect(await exit).toEqual([130, null]);
  expect(privateFiles()).toEqual([]);
});

test.skipIf(!HAS_PYTHON || !existsSync('/proc/self/environ'))(
  'no child sees the passphrase: not in its environment, its arguments or its descriptors',
  async () => {
    const predict = [
      'import os, subprocess, sys',
      'def content(path):',
      '    try:',
      '        with open(path, "rb") as file:',
      '            return file.read(1 << 16).decode("latin1")',
      '    except OSError:',
      '        return ""',
      'def predict(**_):',
      '    numbers = [int(name) for name in os.listdir("/proc/self/fd")]',
      '    opened = [content("/proc/self/fd/%d" % number) for number in numbers if number > 4]',
      '    return [content("/proc/self/environ"), content("/proc/self/cmdline"), opened, dict(os.environ)]',
    ].join('\n');
    add('curious@v1', { ...linearPackage(), 'hooks/predict.py': `${predict}\n` });
    writeFileSync(join(place, 'passphrase'), `${PASSPHRASE}\n`);
    const words = ['--registry', registry, 'run', 'curious@v1', '--input', 'inputs.json'];
    const byVariable = succeeded(words);
    const descriptor = openSync(join(place, 'passphrase'), 'r');
    const child = startCairn([...words, '--passphrase-fd', '3'], { ...options, descriptors: [descriptor] });
    let byDescriptor = '';
    child.stdout!.on('data', (bytes) => {
      byDescriptor += bytes;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    for (const seen of [byVariable, byDescriptor]) {
      expect(JSON.parse(seen)).toHaveLength(4);
      expect(seen).not.toContain(PASSPHRASE);
      expect(seen).not.toMatch(/CAIRN_PASSPHRASE|CAIRN-SECRET/);
    }
  },
);

test('what is loaded is not in the registry, nor anywhere else, in the clear', () => {
  expect(
    succeeded(['--registry', registry, 'run', 'node@v1', '--input', 'inputs.json', '--folder', place]),
  ).toBe('[3,5]\n');
  const all = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const holding = all.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(WEIGHTS));
  expect(holding.map(({ name }) => name)).toEqual([]);
});
