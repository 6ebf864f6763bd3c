import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platform } from 'node:process';
import { temporaryFolder } from '@cairn/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FileWriting, inlineWriting, WritingThread } from '../../src/extract/writing.ts';
import type { WritePlace } from '../../src/extract/written-file.ts';
import { MIB, noise } from '../ingest/fixture.ts';
import { NO_SMALL_DISK, smallDisk } from '../ingest/small-disk.ts';

type Open = (place: WritePlace) => Promise<FileWriting>;

const WAYS: Readonly<Record<string, () => Open>> = {
  here: () => inlineWriting,
  'on a thread': () => {
    const thread = new WritingThread();
    onTestFinished(() => thread.stop());
    return (place) => thread.open(place);
  },
};

function folder(): string {
  const { path, [Symbol.dispose]: remove } = temporaryFolder();
  onTestFinished(remove);
  return path;
}

/** In memory that threads share. */
function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

describe.each(Object.entries(WAYS))('a file that is written %s', (_, way) => {
  test.each([0, 1, 3 * MIB + 5, 40 * MIB])('has its %i bytes in the order they came', async (size) => {
    const to = join(folder(), 'file');
    const bytes = shared(noise(size));
    const file = await way()({ to, executable: false });
    const pieces = [0, 1 * MIB, 1 * MIB + 3, size].map((end) => Math.min(end, size));
    const written = pieces.slice(1).map((end, index) => file.write(bytes.subarray(pieces[index]!, end)));
    await Promise.all(written);
    await file.force();
    await file.close();
    expect(readFileSync(to).equals(bytes)).toBe(true);
  });

  test('stands beside others that are written at the same time', async () => {
    const place = folder();
    const open = way();
    const contents = [noise(2 * MIB, 'one'), noise(2 * MIB, 'two')].map(shared);
    const files = await Promise.all(
      contents.map((_, index) => open({ to: join(place, `${index}`), executable: false })),
    );
    for (const half of [0, MIB]) {
      await Promise.all(files.map((file, index) => file.write(contents[index]!.subarray(half, half + MIB))));
    }
    for (const file of files) await file.close();
    for (const [index, bytes] of contents.entries()) {
      expect(readFileSync(join(place, `${index}`)).equals(bytes)).toBe(true);
    }
  });

  test.skipIf(platform === 'win32')('is executable when it should be', async () => {
    const place = folder();
    const open = way();
    for (const executable of [true, false]) {
      const to = join(place, `${executable}`);
      await (await open({ to, executable })).close();
      expect((statSync(to).mode & 0o100) !== 0).toBe(executable);
    }
  });

  test('is not begun where something stands', async () => {
    const to = join(folder(), 'file');
    writeFileSync(to, 'mine');
    await expect(way()({ to, executable: false })).rejects.toMatchObject({
      name: 'StoreError',
      code: 'exists',
    });
    expect(readFileSync(to, 'utf8')).toBe('mine');
    await expect(way()({ to: join(to, 'file'), executable: false })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('says that the disk is full', async ({ skip }) => {
    using disk = smallDisk(1 * MIB);
    if (disk === null) return skip(NO_SMALL_DISK);
    const file = await way()({ to: join(disk.path, 'file'), executable: false });
    await expect(file.write(shared(noise(2 * MIB)))).rejects.toMatchObject({ code: 'no-space' });
    await file.close();
  });
});

test('a writing thread that is stopped tells whoever waits for it', async () => {
  const place = join(folder(), 'new');
  mkdirSync(place);
  const thread = new WritingThread();
  const opening = expect(thread.open({ to: join(place, 'file'), executable: false })).rejects;
  const told = opening.toMatchObject({ code: 'cancelled', message: 'writing was cancelled' });
  await thread.stop();
  await told;
});
