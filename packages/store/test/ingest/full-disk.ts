import { statfsSync } from 'node:fs';
import { fsckStrict } from '@cairn/testkit';
import { expect, test } from 'vitest';
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

/**
 * Stores a file on a disk that has room for it and for so many kibibytes more. Packs and indexes take up a little more
 * than the parts, so that the disk becomes full at one of the last steps, or just does not.
 */
export function testFullDisk(rooms: readonly number[]): void {
  test.for(EACH_WAY)('wherever the disk becomes full, storing a file %s, all is there or nothing', async ([
    ,
    options,
  ], context) => {
    const outcomes = new Set<string>();
    for (const room of rooms) {
      using disk = smallDisk(8 * MIB);
      if (disk === null) return context.skip(NO_SMALL_DISK);
      using fixture = ingestFixture(disk.path);
      const size = freeIn(disk.path) - room * KIB;
      outcomes.add(await storedOrNothing(fixture, [fixture.source('a', noise(size))], options));
    }
    expect([...outcomes].sort()).toEqual(['no-space', 'stored']);
  });
}

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
export function freeIn(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
