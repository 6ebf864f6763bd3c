import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linearPackage, temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import {
  failureOf,
  HAS_PYTHON,
  nodePackageOf,
  openStage,
  PATH_ONLY,
  pythonPackage,
} from './package-fixture.ts';

describe('the interpreter', () => {
  test('that is missing is told, with what to do', async () => {
    await using stage = openStage();
    const none = await failureOf(stage.load(linearPackage(), { env: { PATH: stage.folder } }));
    expect(none).toMatchObject({ code: 'not-found' });
    expect(none.message).toBe('the hooks need Python, and neither python3 nor python is installed');
    expect(none.hint).toContain('--python');
    const named = await failureOf(stage.load(linearPackage(), { python: 'python9.9' }));
    expect(named.message).toBe('the hooks need Python, and there is no python9.9');
    expect(stage.left()).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('that cannot be started is told', async () => {
    await using stage = openStage();
    const error = await failureOf(stage.load(linearPackage(), { python: import.meta.filename }));
    expect(error.message).toBe(`cannot start ${import.meta.filename}: EACCES`);
  });

  test.skipIf(process.platform === 'win32')(
    'that is something else, too old or too chatty, is told',
    async () => {
      await using stage = openStage();
      using folder = temporaryFolder();
      const program = (name: string, text: string) => {
        const path = join(folder.path, name);
        writeFileSync(path, `#!/bin/sh\n${text}\n`);
        chmodSync(path, 0o755);
        return path;
      };
      const old = program(
        'old',
        'echo "hooks need Python 3.8 or newer, and this is Python 3.6.15" >&2; exit 1',
      );
      expect((await failureOf(stage.load(linearPackage(), { python: old }))).message).toBe(
        `the hooks ended early: ${old} ended with exit code 1: hooks need Python 3.8 or newer, and this is Python 3.6.15`,
      );
      const newer = program(
        'newer',
        'printf \'\\000\\000\\000\\035{"type":"ready","protocol":9}\' >&4; cat <&3',
      );
      expect((await failureOf(stage.load(linearPackage(), { python: newer }))).message).toBe(
        'the hooks of linear@v1 speak version 9 of the protocol, and not 1',
      );
      const loud = program('loud', 'yes >&4');
      expect((await failureOf(stage.load(linearPackage(), { python: loud }))).message).toContain(
        'what is no answer',
      );
      expect(stage.left()).toEqual([]);
    },
  );

  test.skipIf(!HAS_PYTHON)('sees the variables it is given, and none of Cairn', async () => {
    await using stage = openStage();
    const seen = pythonPackage('import os\n\ndef predict(**_):\n    return dict(os.environ)\n');
    const env = {
      ...PATH_ONLY,
      MINE: 'yes',
      CAIRN_PASSPHRASE: 'secret',
      cairn_other: 'secret',
      NONE: undefined,
    };
    const loaded = await stage.load(seen, { env });
    const variables = (await loaded.predict(0)) as Record<string, string>;
    expect(variables.MINE).toBe('yes');
    expect(
      Object.entries(variables).filter(([name, value]) => /^cairn/i.test(name) || value === 'secret'),
    ).toEqual([]);
  });

  test.skipIf(!HAS_PYTHON)('sees no more descriptors than its own', async () => {
    await using stage = openStage();
    const predict =
      'import os\n\ndef predict(**_):\n    return sorted(int(name) for name in os.listdir("/proc/self/fd"))\n';
    const loaded = await stage.load(pythonPackage(predict));
    if (process.platform === 'linux') expect(await loaded.predict(0)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

test('a thread for hooks sees the variables it is given, and none of Cairn', async () => {
  await using stage = openStage();
  const env = { MINE: 'yes', CAIRN_PASSPHRASE: 'secret' };
  const loaded = await stage.load(nodePackageOf('export const predict = () => ({ ...process.env });\n'), {
    env,
  });
  expect(await loaded.predict(0)).toEqual({ MINE: 'yes' });
});
