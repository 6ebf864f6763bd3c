import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import {
  diskFaults,
  FAULT_ARGUMENTS,
  faultEnvironment,
  killPoints,
  parseTrace,
  type Strike,
  type TracedCall,
} from '@cairn/testkit/faults/faults.js';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../src/folders.ts';

/** Changes a disk in every way of calling, says what failed, and reads on the way, which does not count. */
const PROGRAM = `
import { closeSync, existsSync, mkdir, openSync, readFileSync, renameSync, unlinkSync, writeSync, writevSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const said = [];
async function attempt(action) {
  try {
    await action();
  } catch (error) {
    said.push(error.code);
  }
}
readFileSync(import.meta.filename);
await readFile(import.meta.filename);
await attempt(() => writeFile('whole', '12345678'));
await attempt(() => promisify(mkdir)('folder'));
await attempt(() => {
  const fd = openSync('pieces', 'w');
  try {
    writeSync(fd, Buffer.from('--123456'), 2);
    writevSync(fd, [Buffer.from('78'), Buffer.from('9')], 6);
  } finally {
    closeSync(fd);
  }
});
await attempt(() => rename('whole', 'folder/whole'));
await attempt(() => {
  if (existsSync('pieces')) unlinkSync('pieces');
});
process.stdout.write(said.join());
`;

const CALLS = [
  'promises.writeFile whole',
  'mkdir folder',
  'openSync pieces',
  'writeSync',
  'writevSync',
  'promises.rename folder/whole',
  'unlinkSync pieces',
];

interface Run {
  readonly signal: NodeJS.Signals | null;
  /** Codes of the errors that the program met. */
  readonly said: string;
  readonly trace: readonly TracedCall[];
  /** Content by path, folders left out. */
  readonly files: Readonly<Record<string, string>>;
}

function run(program: string, strike?: Strike): Run {
  using folder = temporaryFolder();
  const cwd = join(folder.path, 'cwd');
  const trace = join(folder.path, 'trace');
  mkdirSync(cwd);
  writeFileSync(join(folder.path, 'program.mjs'), program);
  const env = { ...process.env, ...faultEnvironment({ trace, ...(strike && { strike }) }) };
  const args = [...FAULT_ARGUMENTS, join(folder.path, 'program.mjs')];
  const { signal, stdout, stderr } = spawnSync(execPath, args, { cwd, env, encoding: 'utf8' });
  expect(stderr).toBe('');
  const names = readdirSync(cwd, { recursive: true, encoding: 'utf8' });
  const files = names
    .filter((name) => name !== 'folder')
    .map((name) => [name, readFileSync(join(cwd, name), 'utf8')]);
  const calls = existsSync(trace) ? parseTrace(readFileSync(trace, 'utf8')) : [];
  return { signal, said: stdout, trace: calls, files: Object.fromEntries(files) };
}

function kill(call: number, moment: Strike['moment']): Run {
  return run(PROGRAM, { call, moment, how: 'kill' });
}

test('every call that changes the disk is traced, in whatever form', () => {
  const { signal, said, trace, files } = run(PROGRAM);
  const described = trace.map(({ name, target }) => (/^\d+$/.test(target) ? name : `${name} ${target}`));
  expect({ signal, said, described, files }).toEqual({
    signal: null,
    said: '',
    described: CALLS,
    files: { 'folder/whole': '12345678' },
  });
  expect(trace.filter(({ isWrite }) => isWrite).map(({ name }) => name)).toEqual([
    'promises.writeFile',
    'writeSync',
    'writevSync',
  ]);
});

test('a process is killed before a call, after it, or in the middle of a write', () => {
  expect(kill(1, 'before')).toMatchObject({ signal: 'SIGKILL', files: {} });
  expect(kill(1, 'half').files).toEqual({ whole: '1234' });
  expect(kill(1, 'after').files).toEqual({ whole: '12345678' });
  expect(kill(2, 'after').files).toEqual({ whole: '12345678' });
  expect(kill(4, 'half').files).toEqual({ whole: '12345678', pieces: '123' });
  expect(kill(5, 'half').files).toEqual({ whole: '12345678', pieces: '1234567' });
  expect(kill(5, 'after').files).toEqual({ whole: '12345678', pieces: '123456789' });
  expect(kill(6, 'before').files).toEqual(kill(5, 'after').files);
  expect(kill(6, 'half').files).toEqual(kill(6, 'before').files);
  expect(kill(7, 'after')).toMatchObject({ signal: 'SIGKILL', files: { 'folder/whole': '12345678' } });
  expect(kill(8, 'before').signal).toBeNull();
});

test('a disk fills up in the middle of a write, for good, while removing still works', () => {
  const full = run(PROGRAM, { call: 4, moment: 'half', how: 'ENOSPC', lasting: true });
  expect(full).toMatchObject({ signal: null, said: 'ENOSPC', files: { 'folder/whole': '12345678' } });
  const earlier = run(PROGRAM, { call: 1, moment: 'half', how: 'ENOSPC', lasting: true });
  expect(earlier).toMatchObject({ said: 'ENOSPC,ENOSPC,ENOSPC,ENOENT', files: { whole: '1234' } });
});

test('a disk fails once', () => {
  const failed = run(PROGRAM, { call: 1, moment: 'before', how: 'EIO' });
  expect(failed).toMatchObject({ signal: null, said: 'EIO,ENOENT', files: {} });
  const renamed = run(PROGRAM, { call: 6, moment: 'before', how: 'EIO' });
  expect(renamed).toMatchObject({ said: 'EIO', files: { whole: '12345678' } });
});

const THREADED = `
import { mkdirSync, writeFileSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const write = (name) =>
  new Promise((done) => new Worker(import.meta.filename, { workerData: name }).on('exit', done));
if (isMainThread) {
  mkdirSync('folder');
  for (const name of ['one', 'two', 'three']) await write('folder/' + name);
} else writeFileSync(workerData, 'x');
`;

test('calls are counted over all threads of a process, and end all of it', () => {
  const { trace } = run(THREADED);
  const written = trace.filter(({ name }) => name === 'writeFileSync');
  expect(written.map(({ target }) => target)).toEqual(['folder/one', 'folder/two', 'folder/three']);
  const call = trace.indexOf(written[2]!) + 1;
  expect(run(THREADED, { call, moment: 'before', how: 'kill' })).toMatchObject({
    signal: 'SIGKILL',
    files: { 'folder/one': 'x', 'folder/two': 'x' },
  });
});

const TRACE: readonly TracedCall[] = [
  { name: 'mkdirSync', target: 'a', isWrite: false },
  { name: 'writeSync', target: '3', isWrite: true },
];

test('the points of a run are all there are, or a part spread over the run that depends on the seed alone', () => {
  const all = killPoints(TRACE, { max: 10, seed: 'a' });
  expect(all.map(({ call, moment }) => `${call} ${moment}`)).toEqual([
    '1 before',
    '1 after',
    '2 before',
    '2 half',
    '2 after',
  ]);
  expect(
    diskFaults(TRACE, { max: 10, seed: 'a' }).map(({ call, how, moment }) => [call, how, moment]),
  ).toEqual([
    [1, 'ENOSPC', 'before'],
    [1, 'EIO', 'before'],
    [2, 'ENOSPC', 'half'],
    [2, 'EIO', 'before'],
  ]);
  const long = Array.from({ length: 100 }, () => TRACE[0]!);
  const some = killPoints(long, { max: 10, seed: 'a' });
  expect(some.map(({ call }) => Math.ceil(call / 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(killPoints(long, { max: 10, seed: 'a' })).toEqual(some);
  expect(killPoints(long, { max: 10, seed: 'b' })).not.toEqual(some);
});
