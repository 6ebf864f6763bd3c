import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { gitVariables } from '../../src/transport/git-variables.ts';
import { parseProgressLine } from '../../src/transport/progress-lines.ts';
import { runProgram } from '../../src/transport/run-program.ts';
import { programsWith } from './fixture.ts';

const programs = programsWith({ SECRET_FREE: 'yes' });

function node(script: string, ...args: string[]) {
  return { program: execPath, arguments: ['-e', script, ...args], maxOutput: 1000 };
}

test('a program gets its input and variables and nothing else, and gives output, lines and exit code', async () => {
  const lines: string[] = [];
  const script = `
    process.stdin.on('data', (chunk) => process.stdout.write(chunk));
    process.stdin.on('end', () => {
      process.stdout.write(JSON.stringify([process.env.SECRET_FREE, process.env.USER, process.argv.slice(1)]));
      process.stderr.write('10%\\r20%\\r\\nerror: no\\nlast');
      process.exitCode = 3;
    });`;
  const result = await runProgram(programs, {
    ...node(script, '$(touch x)', '; y'),
    input: 'given ',
    variables: { USER: undefined },
    onLine: (line) => lines.push(line),
  });
  expect(result.code).toBe(3);
  expect(result.stdout.toString()).toBe('given ["yes",null,["$(touch x)","; y"]]');
  expect(lines).toEqual(['10%', '20%', 'error: no', 'last']);
  expect(result.stderr).toBe('20%\nerror: no\nlast\n');
});

test('a program that is not there, or says too much, is told as such', async () => {
  const missing = runProgram(programs, { program: 'no-such-program', arguments: [], maxOutput: 1 });
  await expect(missing).rejects.toMatchObject({ code: 'not-found', data: { program: 'no-such-program' } });
  const endless = node(`const f = () => process.stdout.write('x'.repeat(1000), f); f()`);
  await expect(runProgram(programs, endless)).rejects.toMatchObject({ code: 'hostile' });
});

test('when the signal fires, the program ends with all that it has started', async () => {
  using folder = temporaryFolder();
  const controller = new AbortController();
  const child = join(folder.path, 'child');
  const inner = `require('fs').writeFileSync(${JSON.stringify(child)}, String(process.pid)); console.error('ready'); setInterval(() => {}, 1000)`;
  const outer = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { stdio: 'inherit' })`;
  const run = runProgram(programs, {
    ...node(outer),
    signal: controller.signal,
    onLine: () => controller.abort(),
  });
  await expect(run).rejects.toMatchObject({ code: 'cancelled' });
  const pid = Number(readFileSync(child, 'utf8'));
  // It is over, or a zombie that nobody has waited for.
  // What was killed is gone, or about to be as soon as the system comes to it.
  const stateOf = () =>
    existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] : 'Z';
  await expect.poll(stateOf).toBe('Z');
  await expect(runProgram(programs, { ...node(''), signal: controller.signal })).rejects.toMatchObject({
    code: 'cancelled',
  });
});

test('of the variables of Git, only settings of the user reach it', () => {
  const given = {
    GIT_DIR: '/x',
    GIT_WORK_TREE: '/x',
    GIT_OBJECT_DIRECTORY: '/x',
    GIT_ALLOW_PROTOCOL: 'ext',
    GIT_TRACE_CURL: '1',
    GIT_SSH_COMMAND: 'ssh -p 1',
    GIT_ASKPASS: 'ask',
    GIT_CONFIG_GLOBAL: '/home/x/.gitconfig',
    GIT_CONFIG_KEY_0: 'http.proxy',
    PATH: '/bin',
  };
  const variables = gitVariables({ variables: given, git: 'git', interactive: false }, '/staging');
  const passed = { ...given, ...variables };
  const set = Object.entries(passed).filter(([, value]) => value !== undefined);
  expect(Object.fromEntries(set)).toEqual({
    GIT_DIR: '/staging',
    GIT_SSH_COMMAND: 'ssh -p 1',
    GIT_ASKPASS: 'ask',
    GIT_CONFIG_GLOBAL: '/home/x/.gitconfig',
    GIT_CONFIG_KEY_0: 'http.proxy',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    SSH_ASKPASS_REQUIRE: 'never',
    LC_ALL: 'C',
    PATH: '/bin',
  });
});

test.each([
  ['Receiving objects:  45% (450/1000), 12.50 MiB | 5.00 MiB/s', 'receiving', 450, 1000, 13_107_200],
  ['Writing objects: 100% (3/3), 280 bytes | 280.00 KiB/s, done.', 'sending', 3, 3, 280],
  ['remote: Counting objects: 10% (1/10)', 'negotiating', 1, 10, null],
  ['Enumerating objects: 1024, done.', 'negotiating', 1024, null, null],
  ['Resolving deltas:   0% (0/5)', 'checking', 0, 5, null],
])('%s is progress', (line, phase, done, total, bytes) => {
  expect(parseProgressLine(line)).toEqual({ phase, done, total, bytes });
});

test.each([
  'fatal: no',
  'remote: hello: 5',
  'Writing objects',
  'Something else: 5% (1/2)',
])('%s is none', (line) => {
  expect(parseProgressLine(line)).toBeNull();
});
