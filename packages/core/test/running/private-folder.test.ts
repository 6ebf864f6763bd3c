import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { currentOwner, encodeOwner } from '@cairn/store';
import { describe, expect, test } from 'vitest';
import { makePrivateFolder, type PrivateFolderOptions } from '../../src/running/private-folder.ts';
import { failureOf, nodePackageOf, openStage } from './package-fixture.ts';

const SMALL: PrivateFolderOptions = { size: 1000, files: 1, memoryOnly: false };

describe('a private folder', () => {
  test('is open to nobody else, and says whose it is', async () => {
    await using stage = openStage();
    const made = await makePrivateFolder({ ...SMALL, parent: stage.folder });
    expect(lstatSync(made.path).mode & 0o777).toBe(0o700);
    expect(lstatSync(join(made.path, 'owner.json')).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(made.path, 'owner.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    await made.remove();
    expect(existsSync(made.path)).toBe(false);
  });

  test.skipIf(!existsSync('/dev/shm'))(
    'is in memory when there is room, and on disk when there is not',
    async () => {
      const small = await makePrivateFolder(SMALL);
      expect(small.inMemory).toBe(true);
      expect(small.path).toMatch(/^\/dev\/shm\/cairn-run-\w{6}$/);
      await small.remove();
      const large = await makePrivateFolder({ ...SMALL, size: 2 ** 50 });
      expect(large.inMemory).toBe(false);
      await large.remove();
    },
  );

  test.skipIf(!existsSync('/dev/shm'))('is refused on disk to a package that asks for memory', async () => {
    const large = failureOf(makePrivateFolder({ ...SMALL, size: 2 ** 50, memoryOnly: true }));
    expect(await large).toMatchObject({ code: 'no-space' });
    expect((await large).message).toContain('/dev/shm has no room for its 1125899906842624 bytes');
    const named = failureOf(makePrivateFolder({ ...SMALL, parent: import.meta.dirname, memoryOnly: true }));
    expect((await named).message).toContain('is not in memory');
  });

  test('holds a package in files and folders that only the user can read', async () => {
    await using stage = openStage();
    await stage.load(nodePackageOf(''), {}, 'packaged');
    const modes = readdirSync(stage.folder, { recursive: true, withFileTypes: true }).map((entry) => {
      return lstatSync(join(entry.parentPath, entry.name)).mode & 0o777;
    });
    expect(modes.length).toBeGreaterThan(7);
    expect(modes.filter((mode) => mode !== 0o700 && mode !== 0o600)).toEqual([]);
  });
});

describe('the next start', () => {
  /** A folder as a process leaves it that was killed. */
  function leave(parent: string, name: string, owner: string | null): string {
    const path = join(parent, `cairn-run-${name}`);
    mkdirSync(join(path, 'package_0', 'models'), { recursive: true });
    writeFileSync(join(path, 'package_0', 'models', 'weights.bin'), 'plaintext');
    if (owner !== null) writeFileSync(join(path, 'owner.json'), owner);
    return path;
  }

  const alive = currentOwner('run a package');
  const dead = { ...alive, started: '1' };
  const earlier = { ...alive, boot: 'another' };
  const elsewhere = { ...alive, host: 'another' };

  test('removes what dead processes have left, and nothing else', async () => {
    await using stage = openStage();
    const removed = [
      leave(stage.folder, 'dead00', encodeOwner(dead)),
      leave(stage.folder, 'boot00', encodeOwner(earlier)),
    ];
    const kept = [
      leave(stage.folder, 'alive0', encodeOwner(alive)),
      leave(stage.folder, 'else00', encodeOwner(elsewhere)),
      leave(stage.folder, 'fresh0', null),
      leave(stage.folder, 'toolong', encodeOwner(dead)),
    ];
    const made = await makePrivateFolder({ ...SMALL, parent: stage.folder });
    expect(removed.filter((path) => existsSync(path))).toEqual([]);
    expect(kept.filter((path) => !existsSync(join(path, 'package_0', 'models', 'weights.bin')))).toEqual([]);
    await made.remove();
  });

  test('removes what has no owner that can be read, once it is old', async () => {
    await using stage = openStage();
    const old = [leave(stage.folder, 'none00', null), leave(stage.folder, 'torn00', '{"id":')];
    for (const path of old) utimesSync(path, new Date('2026-01-01'), new Date('2026-01-01'));
    const made = await makePrivateFolder({ ...SMALL, parent: stage.folder });
    expect(old.filter((path) => existsSync(path))).toEqual([]);
    await made.remove();
  });
});
