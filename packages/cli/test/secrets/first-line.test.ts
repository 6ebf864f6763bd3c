import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Context } from '../../src/context.ts';
import { passphraseFromDescriptor, passphraseFromFile } from '../../src/secrets/first-line.ts';

function place(): { readonly path: string; readonly context: Context } {
  const { path, ...folder } = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return { path, context: { workingFolder: () => path } as Context };
}

async function failure(reading: Promise<string>) {
  const error = await reading.then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'CommandError' });
  return error as Error & { readonly code: string };
}

describe('the first line of a file', () => {
  test.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret\nmore\n', 'secret'],
    [' a b \n', ' a b '],
    ['\u00e9'.repeat(512), '\u00e9'.repeat(512)],
    [`${'x'.repeat(1024)}\r\n`, 'x'.repeat(1024)],
    ['\ufeffsecret\n', 'secret'],
  ])('%j gives the passphrase', async (text, passphrase) => {
    const { path, context } = place();
    writeFileSync(join(path, 'secret'), text);
    expect(await passphraseFromFile(context, 'secret')).toBe(passphrase);
  });

  test.each([
    ['nothing', ''],
    ['an empty line', '\nsecret\n'],
    ['a line that is too long', 'x'.repeat(1025)],
    ['a line without end', 'x'.repeat(100_000)],
    ['no text', Buffer.from([0xff, 0xfe, 0x72, 0x6f, 0x73])],
  ])('%s is refused, and not repeated', async (_, text) => {
    const { path, context } = place();
    writeFileSync(join(path, 'secret'), text);
    const error = await failure(passphraseFromFile(context, 'secret'));
    expect(error).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('first line of secret'),
    });
    expect(`${error.stack} ${String(error.cause)}`).not.toContain('xxx');
  });

  test('is asked of files and pipes alone', async () => {
    const { path, context } = place();
    mkdirSync(join(path, 'folder'));
    expect(await failure(passphraseFromFile(context, 'folder'))).toMatchObject({ code: 'refused' });
    expect(await failure(passphraseFromFile(context, '/dev/null'))).toMatchObject({ code: 'refused' });
    expect(await failure(passphraseFromFile(context, 'no'))).toMatchObject({ code: 'not-found' });
  });

  test.skipIf(process.platform === 'win32')('comes through a pipe too', async () => {
    const { path, context } = place();
    execFileSync('mkfifo', [join(path, 'pipe')]);
    const writer = spawn('sh', ['-c', `printf 'secret\\nmore' > '${join(path, 'pipe')}'`]);
    onTestFinished(() => void writer.kill());
    expect(await passphraseFromFile(context, 'pipe')).toBe('secret');
  });
});

describe('the first line of a descriptor', () => {
  test('is taken, and what follows is left for the next reader', async () => {
    const { path } = place();
    writeFileSync(join(path, 'secret'), 'secret\nthe rest\n');
    const descriptor = openSync(join(path, 'secret'), 'r');
    onTestFinished(() => closeSync(descriptor));
    expect(await passphraseFromDescriptor(String(descriptor))).toBe('secret');
    expect(readFileSync(descriptor, 'utf8')).toBe('the rest\n');
  });

  test.each([
    '',
    'x',
    '-1',
    '1.5',
    '1e3',
    '9999999',
    'hunter2',
  ])('%j names none, and is not repeated', async (text) => {
    const error = await failure(passphraseFromDescriptor(text));
    expect(error.code).toBe('usage');
    if (text.length > 3) expect(error.message).not.toContain(text);
  });

  test('is told when the descriptor is not open', async () => {
    expect(await failure(passphraseFromDescriptor('99999'))).toMatchObject({
      code: 'usage',
      message: 'descriptor 99999 is not open',
    });
  });
});
