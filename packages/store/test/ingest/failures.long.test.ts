import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { platform } from 'node:process';
import { describe, expect, test } from 'vitest';
import type { StoreErrorCode } from '../../src/errors.ts';
import { ObjectWriter } from '../../src/ingest/object-writer.ts';
import { type StoreFilesOptions, storeFiles } from '../../src/ingest/store-files.ts';
import {
  EACH_WAY,
  expectNothingLeft,
  type IngestFixture,
  ingestFixture,
  MIB,
  noise,
  store,
} from './fixture.ts';

/** More than all slots hold, so that no reader can be at its end when the first of it is stored. */
function longerThanSlots({ bytesExpected }: StoreFilesOptions): number {
  return bytesExpected > 0 ? 100 * MIB : 24 * MIB;
}

const onWindows = platform === 'win32';

function failing(code: StoreErrorCode, message: string | RegExp) {
  return expect.objectContaining({ name: 'StoreError', code, message: expect.stringMatching(message) });
}

describe.each(EACH_WAY)('storing files %s', (_, options) => {
  const CHANGES: Readonly<Record<string, (path: string) => void>> = {
    'is cut off': (path) => truncateSync(path, 20 * MIB + 1),
    grows: (path) => appendFileSync(path, 'more'),
    'is emptied': (path) => truncateSync(path, 0),
    'is written to near its end': writeNearTheEnd,
  };

  test.each(Object.entries(CHANGES))('a file that %s while it is read has changed', async (__, change) => {
    using fixture = ingestFixture();
    const file = sparse(fixture, longerThanSlots(options));
    let changed = false;
    const onProgress = () => {
      if (!changed) change(file.from);
      changed = true;
    };
    const stored = store(fixture.repository, [file], { ...options, onProgress });
    await expect(stored).rejects.toEqual(failing('changed', /^weights\.bin changed while it was read$/));
    expectNothingLeft(fixture);
  });

  test.skipIf(onWindows)('what is no file any more is named', async () => {
    using fixture = ingestFixture();
    const { repository, folder, source } = fixture;
    const first = source('first', noise(2 * MIB));
    const harms: Readonly<Record<string, [StoreErrorCode, (path: string) => void]>> = {
      gone: ['not-found', () => {}],
      folder: ['changed', (path) => mkdirSync(path)],
      pipe: ['changed', (path) => execFileSync('mkfifo', [path])],
      link: ['changed', (path) => symlinkSync(first.from, path)],
    };
    for (const [name, [code, harm]] of Object.entries(harms)) {
      const from = join(folder, name);
      harm(from);
      const files = [first, { from, path: `models/${name}` }];
      await expect(store(repository, files, options)).rejects.toEqual(failing(code, `models/${name}`));
      expectNothingLeft(fixture);
    }
  });

  test('a repository whose folder of packs vanishes says so', async () => {
    using fixture = ingestFixture();
    const { repository, gitDir, source } = fixture;
    const packs = join(gitDir, 'objects/pack');
    const files = [source('a', noise(30 * MIB))];
    renameSync(packs, `${packs}-away`);
    await expect(store(repository, files, options)).rejects.toEqual(failing('not-found', 'pack'));
    renameSync(`${packs}-away`, packs);
    expectNothingLeft(fixture);
    expect(await store(repository, files, options)).toMatchObject({ written: 30 * MIB });
  });

  test('an error of whoever watches ends it, and leaves nothing behind', async () => {
    using fixture = ingestFixture();
    const files = [fixture.source('a', noise(30 * MIB))];
    const onProgress = () => {
      throw new TypeError('of the watcher');
    };
    await expect(store(fixture.repository, files, { ...options, onProgress })).rejects.toThrow(
      'of the watcher',
    );
    expectNothingLeft(fixture);
  });

  test('of a transaction that is not committed nothing stays', async () => {
    using fixture = ingestFixture();
    const files = [fixture.source('a', noise(30 * MIB)), fixture.source('b', 'b')];
    await expect(giveUp(fixture, files, options)).resolves.toBeUndefined();
    expectNothingLeft(fixture);
  });
});

async function giveUp(
  { repository }: IngestFixture,
  files: Parameters<typeof storeFiles>[1],
  options: StoreFilesOptions,
) {
  await using writer = await ObjectWriter.open(repository, { purpose: 'test', timeoutMs: 0 });
  await storeFiles(writer, files, options);
}

function writeNearTheEnd(path: string): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, 'x', fstatSync(fd).size - 10);
  closeSync(fd);
}

/** A file of that many zeros, which takes up no room. */
function sparse(fixture: IngestFixture, size: number) {
  const file = fixture.source('weights.bin', '');
  truncateSync(file.from, size);
  return file;
}
