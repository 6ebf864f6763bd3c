import * as fs from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test, vi } from 'vitest';
import { removeIfThere, writeFileDurably } from '../../src/files/durable.ts';

vi.mock('node:process', async (original) => ({ ...(await original<object>()), platform: 'win32' }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    renameSync: vi.fn(real.renameSync),
    unlinkSync: vi.fn(real.unlinkSync),
    fsyncSync: vi.fn(real.fsyncSync),
  };
});

function refuse(code: string): () => never {
  return () => {
    throw Object.assign(new Error('in use'), { code });
  };
}

test('on Windows a name that a scanner holds open for a moment is tried again', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a');
  vi.mocked(fs.renameSync).mockImplementationOnce(refuse('EPERM')).mockImplementationOnce(refuse('EBUSY'));
  writeFileDurably(path, 'x');
  expect(fs.readFileSync(path, 'utf8')).toBe('x');
  vi.mocked(fs.unlinkSync).mockImplementationOnce(refuse('EBUSY'));
  expect(removeIfThere(path)).toBe(true);
});

test('on Windows other errors are not tried again, and folders are not synced', () => {
  using folder = temporaryFolder();
  vi.mocked(fs.fsyncSync).mockClear();
  vi.mocked(fs.renameSync).mockImplementationOnce(refuse('EXDEV'));
  expect(() => writeFileDurably(join(folder.path, 'a'), 'x')).toThrow(
    expect.objectContaining({ code: 'failed' }),
  );
  expect(fs.readdirSync(folder.path)).toEqual([]);
  writeFileDurably(join(folder.path, 'a'), 'x');
  expect(fs.fsyncSync).toHaveBeenCalledTimes(2);
});
