import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { acquireLock, tryLock } from '../../src/files/lock.ts';
import { currentOwner, encodeOwner, type Owner, parseOwner } from '../../src/files/owner.ts';
import { crash, startHolder } from './holder.ts';

const NOW = { timeoutMs: 0, purpose: 'test' };
/** Longer than any of these tests: a wait for it would be a failure. */
const SOON = { timeoutMs: 20_000, purpose: 'test' };

function deadOwner(changes: Partial<Owner> = {}): Owner {
  return { ...currentOwner('die'), started: '1', ...changes };
}

describe('a lock', () => {
  test('holds the record of its owner for as long as it is held, and leaves nothing', async () => {
    using folder = temporaryFolder();
    const lock = await acquireLock(join(folder.path, 'a'), { timeoutMs: 0, purpose: 'write a' });
    expect(lock.path).toBe(join(folder.path, 'a.lock'));
    expect(parseOwner(readFileSync(lock.path))).toMatchObject({ pid: process.pid, purpose: 'write a' });
    expect(readdirSync(folder.path)).toEqual(['a.lock']);
    lock.release();
    lock.release();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('is held by one of many callers of one process at a time, and all get it', async () => {
    using folder = temporaryFolder();
    let [holders, turns] = [0, 0];
    const take = async () => {
      const lock = await acquireLock(join(folder.path, 'a'), SOON);
      expect(++holders).toBe(1);
      await new Promise(setImmediate);
      holders--;
      turns++;
      lock.release();
    };
    await Promise.all(Array.from({ length: 20 }, take));
    expect(turns).toBe(20);
  });

  test('names the living holder when the time is over', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    await acquireLock(path, { timeoutMs: 0, purpose: 'move refs/heads/main' });
    await expect(acquireLock(path, { timeoutMs: 5, purpose: 'test' })).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringMatching(
        new RegExp(
          `^${path} is locked by process ${process.pid} on ".*" \\("move refs/heads/main"\\), for \\d+ s$`,
        ),
      ),
      hint: 'wait until it is done, or stop it',
      data: { path: `${path}.lock`, state: 'alive' },
    });
  });

  test('is not taken away from a holder on another host, and the message says what to do', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    writeFileSync(`${path}.lock`, encodeOwner(deadOwner({ host: 'elsewhere' })));
    await expect(acquireLock(path, NOW)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('"elsewhere"'),
      hint: `when that process is certain to have ended, remove ${path}.lock`,
    });
  });

  test.each([
    ['empty', ''],
    ['with an object id', `${'1'.repeat(40)}\n`],
    ['with a whole packed-refs', `${'1'.repeat(40)} refs/heads/main\n`.repeat(1000)],
  ])('of Git, %s, is left alone and reported with its age', async (_, content) => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    writeFileSync(`${path}.lock`, content);
    utimesSync(`${path}.lock`, 0, Date.now() / 1000 - 3600);
    await expect(acquireLock(path, { timeoutMs: 2, purpose: 'test' })).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringMatching(/is locked by a program that left no name, for 360\d s$/),
      hint: `when no Git process is at work in this repository, remove ${path}.lock`,
    });
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe(content);
  });

  test('is waited for, and had as soon as it is let go', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    const first = tryLock(path, 'first')!;
    const second = acquireLock(path, SOON);
    first.release();
    (await second).release();
  });

  test('is given up when the caller cancels', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    await acquireLock(path, NOW);
    const controller = new AbortController();
    const waiting = acquireLock(path, { ...SOON, signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await expect(acquireLock(path, { ...SOON, signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  test('needs its folder', async () => {
    using folder = temporaryFolder();
    await expect(acquireLock(join(folder.path, 'b', 'a'), SOON)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('that was taken over by someone else is not removed by its former holder', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    const lock = await acquireLock(path, NOW);
    const other = encodeOwner(currentOwner('other'));
    writeFileSync(lock.path, other);
    lock.release();
    expect(readFileSync(lock.path, 'utf8')).toBe(other);
  });
});

describe('the lock of a process that died', () => {
  test('is broken by the next one', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    const holder = await startHolder('lock', path);
    expect(tryLock(path, 'test')).toBe(null);
    await crash(holder);
    expect(existsSync(`${path}.lock`)).toBe(true);
    const lock = await acquireLock(path, NOW);
    expect(readdirSync(folder.path)).toEqual(['a.lock']);
    lock.release();
  });

  test('is broken when its pid was given to a process that lives', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    writeFileSync(`${path}.lock`, encodeOwner(deadOwner({ pid: process.pid })));
    (await acquireLock(path, NOW)).release();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('is left to another living process that is breaking it', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    const dead = deadOwner();
    writeFileSync(`${path}.lock`, encodeOwner(dead));
    const guard = join(folder.path, `tmp_${dead.id}.break.lock`);
    writeFileSync(guard, encodeOwner(currentOwner('break')));
    expect(tryLock(path, 'test')).toBe(null);
    expect(readdirSync(folder.path)).toHaveLength(2);
  });

  test('is broken when those who were breaking it died too', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    const dead = [deadOwner(), deadOwner(), deadOwner()] as const;
    writeFileSync(`${path}.lock`, encodeOwner(dead[0]));
    writeFileSync(join(folder.path, `tmp_${dead[0].id}.break.lock`), encodeOwner(dead[1]));
    writeFileSync(join(folder.path, `tmp_${dead[1].id}.break.lock`), encodeOwner(dead[2]));
    (await acquireLock(path, SOON)).release();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('cannot lead its breakers in a circle', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    const dead = deadOwner();
    writeFileSync(`${path}.lock`, encodeOwner(dead));
    writeFileSync(join(folder.path, `tmp_${dead.id}.break.lock`), encodeOwner(dead));
    expect(tryLock(path, 'test')).toBe(null);
  });

  test('is broken by many at once without the loss of a living lock', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    writeFileSync(`${path}.lock`, encodeOwner(deadOwner()));
    let holders = 0;
    const take = async () => {
      const lock = await acquireLock(path, SOON);
      expect(++holders).toBe(1);
      await new Promise(setImmediate);
      holders--;
      lock.release();
    };
    await Promise.all(Array.from({ length: 10 }, take));
  });
});
