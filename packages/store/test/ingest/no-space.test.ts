import { statfsSync } from 'node:fs';
import { fsckStrict } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import type { SourceFile } from '../../src/ingest/source-file.ts';
import type { StoreFilesOptions } from '../../src/ingest/store-files.ts';
import {
  EACH_WAY,
  expectNothingLeft,
  type IngestFixture,
  ingestFixture,
  MIB,
  noise,
  store,
} from './fixture.ts';
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

  test('wherever the disk becomes full, all of it is there or nothing', async (context) => {
    const outcomes = new Set<string>();
    // Packs and indexes take up a little more than the parts: the last steps before the disk is full are all tried.
    for (let missing = 4; missing <= 40; missing += 4) {
      using disk = smallDisk(8 * MIB);
      if (disk === null) return context.skip(NO_SMALL_DISK);
      using fixture = ingestFixture(disk.path);
      const size = freeIn(disk.path) - missing * KIB;
      outcomes.add(await storedOrNothing(fixture, [fixture.source('a', noise(size))], options));
    }
    expect([...outcomes].sort()).toEqual(['no-space', 'stored']);
  });
});

async function storedOrNothing(
  fixture: IngestFixture,
  files: readonly SourceFile[],
  options: StoreFilesOptions,
): Promise<string> {
  try {
    await store(fixture.repository, files, options);
  } catch (error) {
    expect(error).toMatchObject({ name: 'StoreError', code: 'no-space' });
    expectNothingLeft(fixture);
    return 'no-space';
  }
  fsckStrict(fixture.gitDir);
  return 'stored';
}

/** Bytes that can still be written to a disk. */
function freeIn(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
