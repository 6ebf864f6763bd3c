import { describe, expect, test } from 'vitest';
import { OutputClosed } from '../src/errors.ts';
import { runCommandLine } from '../src/run.ts';
import { coreError, type FakeWorldOptions, fakeWorld } from './support/fake-world.ts';

async function run(line: string, options: FakeWorldOptions = {}) {
  const world = fakeWorld(options);
  const code = await runCommandLine(line === '' ? [] : line.split(' '), world);
  return { code, out: world.printed.out, err: world.printed.err };
}

const NO_CORE: FakeWorldOptions = {
  core: new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('the library was loaded');
      },
    },
  ),
};

describe('help and version', () => {
  test('they load no library', async () => {
    for (const line of ['--help', '--version', 'add --help', 'help', 'help add', 'ls --version']) {
      expect(await run(line, NO_CORE)).toMatchObject({ code: 0, err: '' });
    }
  });

  test('the version is one line, or JSON', async () => {
    expect((await run('--version')).out).toMatch(/^cairn \d+\.\d+\.\d+\n$/);
    expect(JSON.parse((await run('--version --json')).out)).toEqual({
      cairn: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      node: '22.15.0',
    });
  });

  test('help does not ask for arguments, in any form', async () => {
    const asked = ['add --help', '--help add', 'help add', 'add -h'];
    const texts = await Promise.all(asked.map(async (line) => (await run(line)).out));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('cairn add <model>@<version> [path...] [options]');
  });

  test('help about nothing there is an error', async () => {
    expect(await run('help ad')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('did you mean add?'),
    });
  });
});

describe('cairn alone', () => {
  test('lists the models inside a registry', async () => {
    const { code, out, err } = await run('', { core: { listModels: async () => [] } });
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain('no models yet');
  });

  test('shows the help elsewhere', async () => {
    const { code, out } = await run('', { core: { findRegistry: async () => null } });
    expect(code).toBe(0);
    expect(out).toContain('Usage');
  });
});

describe('errors', () => {
  test('an unknown command is refused with the one that was probably meant', async () => {
    expect(await run('verfy')).toEqual({
      code: 2,
      out: '',
      err: "cairn: unknown command 'verfy'\n  hint: did you mean verify?\n",
    });
  });

  test('without a registry the next step is named', async () => {
    const { code, err } = await run('ls', { core: { findRegistry: async () => null } });
    expect(code).toBe(3);
    expect(err).toContain('cairn init');
  });

  test('what the library throws is printed with its hint, and ends with its code', async () => {
    const core = { listModels: () => Promise.reject(coreError('locked', 'in use', 'wait')) };
    expect(await run('ls', { core })).toEqual({ code: 4, out: '', err: 'cairn: in use\n  hint: wait\n' });
  });

  test('with --json an error is JSON on standard error, also when the line was not understood', async () => {
    const { code, out, err } = await run('ls --nonsense --json');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(JSON.parse(err)).toEqual({
      error: { code: 'usage', message: 'unknown option --nonsense', hint: expect.any(String) },
    });
    expect((await run('ls --nonsense -- --json')).err).toMatch(/^cairn: /);
  });

  test('an unexpected error is called a bug, and shows its stack only when asked', async () => {
    const core = {
      listModels: () => Promise.reject(new TypeError('x is undefined', { cause: new Error('deeper') })),
    };
    const { code, err } = await run('ls', { core });
    expect(code).toBe(1);
    expect(err).toContain('unexpected error, which is a bug in Cairn: x is undefined');
    expect(err).not.toContain('run.test.ts');
    const debugged = await run('ls', { core, variables: { CAIRN_DEBUG: '1' } });
    expect(debugged.err).toContain('run.test.ts');
    expect(debugged.err).toContain('caused by: Error: deeper');
  });

  test('errors are coloured on a terminal, unless switched off', async () => {
    expect((await run('nonsense', { columns: 80, colour: true })).err).toContain('\u001b[31m');
    expect((await run('nonsense --no-color', { columns: 80, colour: true })).err).not.toContain('\u001b[');
  });
});

describe('commands of two words', () => {
  test('are one command, wherever the global options stand', async () => {
    for (const line of ['key ls --help', 'key --json ls --help', '--registry x key ls -h', 'help key ls']) {
      const { code, out } = await run(line, NO_CORE);
      expect(code).toBe(0);
      expect(out).toContain('cairn key ls');
      expect(out).not.toContain('cairn key new');
    }
  });

  test('the first word alone lists them, and so does asking for help about it', async () => {
    const texts = await Promise.all(
      ['key', 'key --help', 'help key', '--help key'].map(async (line) => (await run(line, NO_CORE)).out),
    );
    expect(new Set(texts).size).toBe(1);
    for (const word of ['new', 'ls', 'export', 'rotate'])
      expect(texts[0]).toMatch(new RegExp(`^  key ${word}\\b`, 'm'));
    expect(texts[0]).not.toContain('verify');
    expect((await run('key --version', NO_CORE)).out).toMatch(/^cairn \d/);
  });

  test('a second word that is unknown is refused with the one that was probably meant', async () => {
    const meant = async (line: string) => (await run(line)).err;
    expect(await meant('key nwe')).toBe("cairn: unknown command 'key nwe'\n  hint: did you mean key new?\n");
    expect(await meant('help key expotr')).toContain('did you mean key export?');
    expect(await meant('key list')).toContain('did you mean key ls?');
    expect(await meant('key delete x')).toContain('did you mean key rm?');
    expect(await meant('key zzzzzz')).toContain('cairn key lists its commands');
    expect(await meant('keys')).toContain('did you mean key?');
  });
});

describe('a secret on the command line', () => {
  const SECRET = 'hunter2-hunter2';

  test.each([
    `key new prod --passphrase=${SECRET}`,
    `key new prod --passphrase ${SECRET}`,
    `key grant net --to-passphrase=${SECRET}`,
    `key grant net --to-passphrase ${SECRET}`,
    `key revoke net --from-passphrase=${SECRET}`,
    `get net --passphrase=${SECRET}`,
    `get net --passphrase ${SECRET}`,
    `get net --password ${SECRET}`,
    `--passphrase=${SECRET} ls`,
  ])('is refused and not repeated: %s', async (line) => {
    for (const form of [line, `${line} --json`]) {
      const { code, out, err } = await run(form, { ...NO_CORE, variables: { CAIRN_DEBUG: '1' } });
      expect(code).toBe(2);
      expect(err).toContain('CAIRN_PASSPHRASE');
      expect(out + err).not.toContain('hunter2');
    }
  });
});

describe('stopping', () => {
  test('an interrupted command says so and ends with 130, whatever was thrown', async () => {
    const interruption = new AbortController();
    const core = {
      listModels: () => {
        interruption.abort();
        return Promise.reject(coreError('cancelled', 'cancelled'));
      },
    };
    expect(await run('ls', { core, signal: interruption.signal })).toEqual({
      code: 130,
      out: '',
      err: 'cairn: interrupted\n',
    });
  });

  test('a reader that has seen enough ends the command quietly', async () => {
    const core = { listModels: () => Promise.reject(new OutputClosed('gone')) };
    expect(await run('ls', { core })).toEqual({ code: 0, out: '', err: '' });
  });
});

describe('the registry', () => {
  const opened = async (line: string, variables = {}) => {
    const paths: string[] = [];
    const openRegistry = async (path: string) => {
      paths.push(path.replaceAll('\\', '/').replace(/^[A-Z]:/, ''));
      return { path, name: '', description: '' };
    };
    await run(line, { core: { openRegistry, listModels: async () => [] }, variables });
    return paths;
  };

  test('is the one named by --registry, then by CAIRN_REGISTRY, then the one around the working folder', async () => {
    expect(await opened('ls --registry here', { CAIRN_REGISTRY: '/there' })).toEqual(['/work/here']);
    expect(await opened('ls', { CAIRN_REGISTRY: '/there' })).toEqual(['/there']);
    expect(await opened('ls', { CAIRN_REGISTRY: '' })).toEqual(['/work']);
  });
});
