import { fsckStrict } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { EACH_WAY, expectNothingLeft, ingestFixture, MIB, noise, store } from './fixture.ts';
import { freeIn, testFullDisk } from './full-disk.ts';
import { NO_SMALL_DISK, smallDisk } from './small-disk.ts';

const KIB = 1024;
const DISK_SIZE = 32 * MIB;

describe.each(EACH_WAY)('on a full disk, storing files %s', (_, options) => {
  test('says that the disk is full, and takes up nothing afterwards', async (context) => {
    using disk = smallDisk(DISK_SIZE);
    if (disk === null) return context.skip(NO_SMALL_DISK);
    using fixture = ingestFixture(disk.path);
    const { repository, gitDir, source } = fixture;
    const free = freeIn(disk.path);
    const files = ['a', 'b', 'c', 'd', 'e'].map((name) => source(name, noise(9 * MIB, name)));
    const full = {
      name: 'StoreError',
      code: 'no-space',
      message: expect.stringContaining('the disk is full'),
    };
    await expect(store(repository, files, options)).rejects.toMatchObject(full);
    expectNothingLeft(fixture);
    // One folder and the lock of leases may stay.
    expect(free - freeIn(disk.path)).toBeLessThan(64 * KIB);
    const { written } = await store(repository, files.slice(0, 2), options);
    expect(written).toBe(18 * MIB);
    fsckStrict(gitDir);
  });
});

testFullDisk([4, 12, 20, 28, 36]);
