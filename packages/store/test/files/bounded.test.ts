import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { readBounded } from '../../src/files/bounded.ts';

test('a small file is read, and nothing where there is none', () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'a'), 'four');
  mkdirSync(join(folder.path, 'b'));
  expect(readBounded(join(folder.path, 'a'), 4)?.toString()).toBe('four');
  expect(readBounded(join(folder.path, 'b'), 4)).toBe(null);
  expect(readBounded(join(folder.path, 'c'), 4)).toBe(null);
  expect(readBounded(join(folder.path, 'a', 'c'), 4)).toBe(null);
});

test('a file longer than its limit is refused before it is read', () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'a'), 'four');
  expect(() => readBounded(join(folder.path, 'a'), 3)).toThrow(
    expect.objectContaining({ code: 'damaged', message: expect.stringContaining('at most 3 bytes, got 4') }),
  );
});

test('links and pipes are refused, and do not block', () => {
  using folder = temporaryFolder();
  symlinkSync('/etc/passwd', join(folder.path, 'link'));
  execFileSync('mkfifo', [join(folder.path, 'pipe')]);
  expect(() => readBounded(join(folder.path, 'link'), 9999)).toThrow(
    expect.objectContaining({ code: 'hostile' }),
  );
  expect(() => readBounded(join(folder.path, 'pipe'), 9999)).toThrow(/expected a regular file, got a pipe/);
});
