import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cairn, shellCommand, startCairn, startShell } from '../support/cairn.ts';

/** Passphrases on a real terminal, which `script` of util-linux makes, and through real descriptors. */

const hasTerminal = /util-linux/.test(spawnSync('script', ['--version']).stdout?.toString() ?? '');
const SECRET = 'rosebud-rosebud';

let folder: ReturnType<typeof temporaryFolder>;

beforeAll(() => {
  folder = temporaryFolder();
});

afterAll(() => folder[Symbol.dispose]());

type Reply = readonly [question: string, answer: string | ((shown: string) => string)];

/** Runs a shell command on a terminal, and replies to each question as soon as it is there. */
async function converse(command: string, replies: readonly Reply[]) {
  const variables = { TERM: 'xterm', COLUMNS: '80', CAIRN_CONFIG: join(folder.path, 'config') };
  const child = startShell(['script', '-qec', command, '/dev/null'], { cwd: folder.path, variables });
  const left = [...replies];
  let shown = '';
  let since = 0;
  child.stdout!.on('data', (chunk) => {
    shown += chunk;
    const [question, answer] = left[0] ?? [];
    if (question === undefined || !shown.slice(since).includes(question)) return;
    since = shown.length;
    left.shift();
    child.stdin!.write(typeof answer === 'function' ? answer(shown) : answer!);
  });
  const [code] = await once(child, 'close');
  expect(left).toEqual([]);
  return { code: code as number | null, shown };
}

/** The same, and then asks the terminal whether it shows what is typed. */
async function converseAndLook(words: string, replies: readonly Reply[]) {
  const { shown } = await converse(`${shellCommand(words)}; echo "code $?"; stty -a`, replies);
  const [, code] = /code (\d+)/.exec(shown) ?? [];
  return { code: Number(code), shown, echoes: / echo\b/.test(shown) && / icanon\b/.test(shown) };
}

describe.runIf(hasTerminal)('on a terminal', () => {
  test('a passphrase is typed twice and never shown', async () => {
    const { code, shown, echoes } = await converseAndLook('key new typed --passphrase', [
      ['proposes one): ', `${SECRET}\r`],
      ['the same again: ', `${SECRET}\r`],
    ]);
    expect({ code, echoes }).toEqual({ code: 0, echoes: true });
    expect(shown).toContain('made the key typed');
    expect(shown).not.toContain('rosebud');
    const same = cairn(['key', 'new', 'typed', '--passphrase', '--json'], {
      cwd: folder.path,
      variables: { CAIRN_CONFIG: join(folder.path, 'there'), CAIRN_PASSPHRASE: SECRET },
    });
    expect(shown).toContain(JSON.parse(same.out).fingerprint);
  });

  test('a passphrase that is typed ahead of the second question answers it', async () => {
    const { code, shown } = await converseAndLook('key new ahead --passphrase', [
      ['proposes one): ', `${SECRET}\r${SECRET}\r`],
    ]);
    expect(code).toBe(0);
    expect(shown).not.toContain('rosebud');
  });

  test('a passphrase is proposed and shown once, and taken when it was typed', async () => {
    const proposalIn = (shown: string) => /\n {2}([0-9a-z-]{29})\r?\n/.exec(shown)?.[1] ?? '';
    const { code, shown, echoes } = await converseAndLook('key new proposed --passphrase', [
      ['proposes one): ', '\r'],
      ['once it is written down: ', (text) => `${proposalIn(text)}\r`],
    ]);
    expect({ code, echoes }).toEqual({ code: 0, echoes: true });
    expect(proposalIn(shown)).toMatch(/^([0-9a-z]{5}-){4}[0-9a-z]{5}$/);
    expect(shown.split(proposalIn(shown))).toHaveLength(2);
  });

  test.each([
    ['Ctrl-C', '\u0003', 130],
    ['Ctrl-C behind some letters', 'rose\u0003', 130],
    ['Ctrl-D', '\u0004', 4],
  ])('%s ends it, and the terminal is as before', async (_, keys, expected) => {
    const { code, shown, echoes } = await converseAndLook('key new ended --passphrase', [
      ['proposes one): ', keys],
    ]);
    expect({ code, echoes }).toEqual({ code: expected, echoes: true });
    expect(shown).not.toContain('rose');
    expect(existsSync(join(folder.path, 'config/keys/ended.key'))).toBe(false);
  });

  test('being told to stop gives the terminal back', async () => {
    const command = `(echo "pid $BASHPID."; exec ${shellCommand('key new stopped --passphrase')})`;
    const stop = (shown: string) => {
      process.kill(Number(/pid (\d+)\./.exec(shown)![1]), 'SIGTERM');
      return '';
    };
    const script = join(folder.path, 'stop.sh');
    writeFileSync(script, `${command}\necho "code $?"\nstty -a\n`);
    const { shown } = await converse(`bash ${script}`, [['proposes one): ', stop]]);
    expect(shown).toMatch(/code 130/);
    expect(shown).toMatch(/ echo\b/);
  });

  test('the terminal is asked where standard input is something else', async () => {
    const { code, shown } = await converseAndLook('key new piped --passphrase < /dev/null', [
      ['proposes one): ', `${SECRET}\r`],
      ['the same again: ', `${SECRET}\r`],
    ]);
    expect(code).toBe(0);
    expect(shown).not.toContain('rosebud');
  });
});

describe.skipIf(process.platform === 'win32')('without a terminal', () => {
  const run = (command: string) => {
    const env = { PATH: process.env.PATH, HOME: folder.path, CAIRN_CONFIG: join(folder.path, 'plain') };
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
      cwd: folder.path,
      env,
      encoding: 'utf8',
    });
    return { code: status, out: stdout, err: stderr };
  };

  test('a passphrase comes through a descriptor, a pipe and a file, and they are the same', () => {
    writeFileSync(join(folder.path, 'secret'), `${SECRET}\n`);
    const fingerprints = [
      `${shellCommand('key new --json d1 --passphrase-fd 3')} 3< secret`,
      `${shellCommand('key new --json d1 --passphrase-fd 0')} < secret`,
      `${shellCommand('key new --json d1 --passphrase-file')} <(cat secret)`,
      `${shellCommand('key new --json d1 --passphrase-file secret')}`,
    ].map((command) => {
      const { code, out, err } = run(`rm -rf plain; ${command}`);
      expect({ code, err: err.includes('rosebud') }).toEqual({ code: 0, err: false });
      return JSON.parse(out).fingerprint;
    });
    expect(new Set(fingerprints).size).toBe(1);
  });

  test('nobody is asked', () => {
    expect(run(`${shellCommand('key new nobody --passphrase')} < /dev/null`)).toMatchObject({ code: 2 });
  });

  test('the variable is not handed on to Git', () => {
    const git = join(folder.path, 'bin/git');
    spawnSync('mkdir', ['-p', join(folder.path, 'bin')]);
    writeFileSync(git, `#!/bin/sh\nenv > ${join(folder.path, 'seen')}\necho git version 2.40.0\n`, {
      mode: 0o755,
    });
    run(`CAIRN_PASSPHRASE=${SECRET} PATH=${join(folder.path, 'bin')}:$PATH ${shellCommand('doctor')}`);
    const seen = readFileSync(join(folder.path, 'seen'), 'utf8');
    expect(seen).toContain('HOME=');
    expect(seen).not.toContain('rosebud');
  });
});

test('programs that seal the first versions of a model at once end up with one key', async () => {
  const registry = join(folder.path, 'registry');
  const variables = { CAIRN_CONFIG: join(folder.path, 'shared') };
  const options = { cwd: folder.path, variables };
  expect(cairn(['init', registry], options)).toMatchObject({ code: 0 });
  const files = {
    'models/weights.bin': 'rosebud',
    'hooks/load.py': 'def load(**k): pass\n',
    'hooks/predict.py': 'def predict(**k): pass\n',
    'manifest.json': JSON.stringify({ models: [{ name: 'net', version: '1', framework: 'pytorch' }] }),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, 'package', path)), { recursive: true });
    writeFileSync(join(folder.path, 'package', path), text);
  }
  const versions = ['v1', 'v2', 'v3', 'v4'];
  const codes = await Promise.all(
    versions.map(async (version) => {
      const words = ['add', `net@${version}`, 'package', '--create', '--type', 'packaged-encrypted'];
      const child = startCairn([...words, '--registry', registry], options);
      const [code] = await once(child, 'close');
      return code;
    }),
  );
  expect(codes).toEqual([0, 0, 0, 0]);
  expect(readdirSync(join(folder.path, 'shared/keys'))).toHaveLength(1);
  const opened = cairn(['verify', 'net', '--open', '--json', '--registry', registry], options);
  expect(JSON.parse(opened.out)).toMatchObject(versions.map(() => ({ ok: true, opened: true })));
  const domains = JSON.parse(cairn(['key', 'access', 'net', '--json', '--registry', registry], options).out);
  expect(domains).toMatchObject([{ current: true, versions: expect.arrayContaining(versions) }]);
});
