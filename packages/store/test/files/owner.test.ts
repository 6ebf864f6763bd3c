import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { describe, expect, test } from 'vitest';
import {
  currentOwner,
  encodeOwner,
  OWNER_SIZE_MAX,
  ownerState,
  parseOwner,
  surroundings,
} from '../../src/files/owner.ts';

describe('the state of an owner', () => {
  const owner = currentOwner('test');

  test('this process is alive', () => {
    expect(ownerState(owner)).toBe('alive');
  });

  test('another living process is alive', async () => {
    const child = spawn(execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    expect(ownerState({ ...owner, pid: child.pid!, started: '' })).toBe('alive');
    child.stdin.end();
    await once(child, 'exit');
  });

  test('a process that has ended is dead', () => {
    const { pid } = spawnSync(execPath, ['-e', '']);
    expect(ownerState({ ...owner, pid })).toBe('dead');
  });

  test('a pid that was given to another process since is dead', () => {
    expect(ownerState({ ...owner, started: `${Number(owner.started) - 1}` })).toBe('dead');
  });

  test('every process of an earlier boot is dead', () => {
    expect(ownerState({ ...owner, boot: 'another' })).toBe('dead');
  });

  test('nothing is known of another host, of another machine of the same name, and of another container', () => {
    expect(ownerState({ ...owner, host: 'elsewhere', boot: 'another' })).toBe('unknown');
    expect(ownerState({ ...owner, machine: 'another', boot: 'another' })).toBe('unknown');
    expect(ownerState({ ...owner, space: 'pid:[1]' })).toBe('unknown');
    expect(ownerState({ ...owner, boot: '' })).toBe('unknown');
  });

  test('where the platform tells nothing but the pid, a running pid counts as alive', () => {
    const bare = { host: owner.host, machine: '', boot: '', space: '' };
    expect(ownerState({ ...owner, ...bare, started: '' }, bare)).toBe('alive');
  });
});

describe('the record of an owner', () => {
  test('is read back as it was written, and differs each time', () => {
    const owner = currentOwner('add "v1"\n');
    expect(parseOwner(Buffer.from(encodeOwner(owner)))).toEqual(owner);
    expect(currentOwner('').id).not.toBe(owner.id);
    expect(owner).toMatchObject(surroundings());
  });

  test('stays below its limit whatever the purpose', () => {
    expect(Buffer.byteLength(encodeOwner(currentOwner('\u0001'.repeat(1000))))).toBeLessThan(OWNER_SIZE_MAX);
  });

  test.each([
    ['nothing', ''],
    ['an object id', `${'1'.repeat(40)}\n`],
    ['a number', '1'],
    ['null', 'null'],
    ['no fields', '{}'],
    ['a pid that means all processes', encodeOwner({ ...currentOwner(''), pid: -1 })],
    ['a pid that means this group', encodeOwner({ ...currentOwner(''), pid: 0 })],
    ['a pid that is no integer', encodeOwner({ ...currentOwner(''), pid: 1.5 })],
    ['an id that leads to another folder', encodeOwner({ ...currentOwner(''), id: '../../../../home' })],
    ['a text that is too long', encodeOwner({ ...currentOwner(''), host: 'x'.repeat(401) })],
    ['a text that is none', JSON.stringify({ ...currentOwner(''), purpose: 7 })],
  ])('is not %s', (_, text) => {
    expect(parseOwner(Buffer.from(text))).toBe(null);
  });
});
