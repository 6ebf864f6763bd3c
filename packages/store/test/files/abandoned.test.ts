import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { findAbandoned, sweepAbandoned } from '../../src/files/abandoned.ts';
import { temporaryPath } from '../../src/files/durable.ts';
import { acquireLock } from '../../src/files/lock.ts';
import { currentOwner, encodeOwner } from '../../src/files/owner.ts';

const NOW = new Date();
const DEAD = encodeOwner({ ...currentOwner('die'), started: '1' });
const ALIVE = encodeOwner(currentOwner('live'));

/** Writes a file that was last touched so many milliseconds ago. */
function leave(path: string, text: string, ageMs = 0): string {
  writeFileSync(path, text);
  utimesSync(path, NOW, new Date(NOW.getTime() - ageMs));
  return path;
}

describe('what processes have left', () => {
  test('is found by its dead owner, whatever its age', () => {
    using folder = temporaryFolder();
    const left = [
      leave(join(folder.path, 'main.lock'), DEAD),
      leave(temporaryPath(folder.path), DEAD),
      leave(temporaryPath(folder.path, { suffix: '.lock' }), DEAD),
      leave(join(folder.path, 'tmp_0123456789abcdef.break.lock'), DEAD),
    ];
    expect(findAbandoned(folder.path, { now: NOW }).sort()).toEqual(left.sort());
    sweepAbandoned(folder.path, { now: NOW });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('is left alone when its owner lives, or may yet write its name into it', async () => {
    using folder = temporaryFolder();
    const lock = await acquireLock(join(folder.path, 'main'), { timeoutMs: 0, purpose: 'test' });
    leave(temporaryPath(folder.path), ALIVE, 100_000);
    leave(temporaryPath(folder.path), '', 30_000);
    leave(temporaryPath(folder.path, { suffix: '.lock' }), '{"id":', 30_000);
    expect(findAbandoned(folder.path, { now: NOW })).toEqual([]);
    lock.release();
  });

  test('goes without an owner once it is old, unless it is a lock of Git or somebody else’s file', () => {
    using folder = temporaryFolder();
    const left = [
      leave(temporaryPath(folder.path), '', 61_000),
      leave(temporaryPath(folder.path, { suffix: '.lock' }), 'half', 61_000),
    ];
    leave(join(folder.path, 'packed-refs.lock'), '', 100_000);
    leave(join(folder.path, 'tmp_mine'), '', 100_000);
    leave(join(folder.path, 'HEAD'), 'ref: refs/heads/main\n', 100_000);
    mkdirSync(temporaryPath(folder.path));
    expect(findAbandoned(folder.path, { now: NOW }).sort()).toEqual(left.sort());
  });

  test('among refs is only what no ref can be called', () => {
    using folder = temporaryFolder();
    const ref = leave(join(folder.path, 'tmp_0123456789abcdef'), `${'1'.repeat(40)}\n`, 100_000);
    const left = leave(temporaryPath(folder.path, { suffix: '.lock' }), `${'1'.repeat(40)}\n`, 100_000);
    expect(findAbandoned(folder.path, { now: NOW, locksOnly: true })).toEqual([left]);
    expect(findAbandoned(folder.path, { now: NOW }).sort()).toEqual([ref, left].sort());
  });

  test('is nothing where there is no folder', () => {
    using folder = temporaryFolder();
    expect(findAbandoned(join(folder.path, 'nowhere'), { now: NOW })).toEqual([]);
  });
});
