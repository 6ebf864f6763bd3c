import { describe, expect, test } from 'vitest';
import type { StoreFilesOptions } from '../../src/ingest/store-files.ts';
import { EACH_WAY, expectNothingLeft, ingestFixture, MIB, noise, store } from './fixture.ts';

const cancelled = expect.objectContaining({ name: 'StoreError', code: 'cancelled' });

describe.each(EACH_WAY)('storing files %s', (_, options) => {
  test.each([1, 3])('and cancelled after %i steps leaves nothing behind', async (steps) => {
    using fixture = ingestFixture();
    const files = ['a', 'b', 'c', 'd'].map((name) => fixture.source(name, noise(9 * MIB, name)));
    await expect(store(fixture.repository, files, cancelledAfter(steps, options))).rejects.toEqual(cancelled);
    expectNothingLeft(fixture);
    const { written } = await store(fixture.repository, files, options);
    expect(written).toBe(36 * MIB);
  });

  test('does not begin when it is cancelled already, whatever the reason given', async () => {
    using fixture = ingestFixture();
    const files = [fixture.source('a', 'a')];
    for (const reason of [undefined, new Error('of my own'), 'text']) {
      const signal = AbortSignal.abort(reason);
      await expect(store(fixture.repository, files, { ...options, signal })).rejects.toEqual(cancelled);
    }
    expectNothingLeft(fixture);
  });
});

/** Fires when that many steps have been told of. */
function cancelledAfter(steps: number, options: StoreFilesOptions): StoreFilesOptions {
  const controller = new AbortController();
  let told = 0;
  return {
    ...options,
    signal: controller.signal,
    onProgress: () => {
      told += 1;
      if (told === steps) controller.abort();
    },
  };
}
