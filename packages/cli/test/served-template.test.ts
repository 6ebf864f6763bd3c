import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { linearPackage, nodePackage, temporaryFolder, writePackage } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { cairn } from './support/cairn.ts';
import { HAS_PYTHON } from './support/python.ts';

const TEMPLATES = [
  { template: 'docker', files: linearPackage(), command: ['python3', 'server/server.py'] },
  { template: 'node', files: nodePackage(), command: [process.execPath, 'server/server.mjs'] },
] as const;

test.each(
  TEMPLATES,
)('the program as it is installed builds a $template template that serves', async (tried) => {
  const { template, files, command } = tried;
  if (template === 'docker' && !HAS_PYTHON) return;
  using folder = temporaryFolder();
  const cwd = folder.path;
  const done = (...words: string[]) =>
    expect(cairn(words, { cwd }), words.join(' ')).toMatchObject({ code: 0 });
  writePackage(join(cwd, 'package'), files);
  const variables = ['--registry', join(cwd, 'registry')];
  done('init', 'registry');
  done(...variables, 'add', 'linear@v1', 'package', '--create', '--type', 'packaged');
  done(...variables, 'build', 'linear@v1', 'served');

  const [program, ...words] = command;
  const env = { PATH: process.env.PATH, PORT: '0', PROBE_PORT: '0' };
  const child = spawn(program, words, {
    cwd: join(cwd, 'served'),
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const [, url] = /^listening on (\S+),/.exec((await lines.next()).value)!;
    expect((await lines.next()).value).toBe('serving linear@v1');
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/predict`, { method: 'POST', headers, body: '{"inputs": [1, 2]}' });
    expect(await answer.json()).toEqual({ outputs: [3, 5] });
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
});
