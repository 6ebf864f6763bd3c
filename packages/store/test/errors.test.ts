import { expect, test } from 'vitest';
import { StoreError, translated } from '../src/errors.ts';

test('what the platform threw gets a code and a reason, and keeps its cause', () => {
  const full = platformError('ENOSPC', 'no space left on device, write');
  expect(translated(full, 'write a pack')).toMatchObject({
    ...{ code: 'no-space', message: 'write a pack: the disk is full', cause: full },
  });
  const other = platformError('EIO', 'i/o error, read');
  expect(translated(other, 'read a pack').message).toBe('read a pack: EIO: i/o error, read');
  const own = new StoreError('damaged', 'broken');
  expect(translated(own, 'read a pack')).toBe(own);
});

test('a file that is too large for its disk, or for this process, is told as that', () => {
  const large = platformError('EFBIG', 'file too large, write');
  expect(translated(large, 'write a pack')).toMatchObject({
    code: 'failed',
    message: 'write a pack: the file is larger than that disk or this process may write',
    hint: expect.stringContaining('ulimit -f'),
    cause: large,
  });
});

function platformError(code: string, reason: string): Error {
  return Object.assign(new Error(`${code}: ${reason}`), { code });
}
