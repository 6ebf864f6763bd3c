import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platform } from 'node:process';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { makeFolder, withFolder } from '../src/registry/make-folder.ts';

test('a folder is made with all that is missing above it, and the topmost of them is told', async () => {
  using folder = temporaryFolder();
  const deep = join(folder.path, 'a/b/c');
  expect(await makeFolder(deep)).toBe(join(folder.path, 'a'));
  expect(await makeFolder(deep)).toBeNull();
  expect(await makeFolder(join(deep, 'd'))).toBe(join(deep, 'd'));
});

test('where one cannot be made nothing stays of those above it', async () => {
  using folder = temporaryFolder();
  await expect(makeFolder(join(folder.path, 'a/b', 'x'.repeat(300), 'c'))).rejects.toThrow();
  writeFileSync(join(folder.path, 'file'), '');
  await expect(makeFolder(join(folder.path, 'file/b/c'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(existsSync(join(folder.path, 'a'))).toBe(false);
});

test.runIf(platform === 'linux')(
  'a place that takes no folders, and says that it is not there, ends it',
  async () => {
    await expect(makeFolder('/proc/cairn/a')).rejects.toMatchObject({ code: 'ENOENT' });
  },
);

test('what was made for work that failed goes again, unless something stands there by then', async () => {
  using folder = temporaryFolder();
  const failing = async () => {
    throw new Error('failed');
  };
  await expect(withFolder(join(folder.path, 'a/b'), failing)).rejects.toThrow('failed');
  expect(existsSync(join(folder.path, 'a'))).toBe(false);

  mkdirSync(join(folder.path, 'there'));
  const leaving = async () => {
    writeFileSync(join(folder.path, 'there/a/file'), '');
    await failing();
  };
  await expect(withFolder(join(folder.path, 'there/a/b'), leaving)).rejects.toThrow('failed');
  expect(existsSync(join(folder.path, 'there/a/file'))).toBe(true);
  expect(existsSync(join(folder.path, 'there/a/b'))).toBe(false);
  expect(await withFolder(join(folder.path, 'kept/a'), async () => 1)).toBe(1);
  expect(existsSync(join(folder.path, 'kept/a'))).toBe(true);
});
