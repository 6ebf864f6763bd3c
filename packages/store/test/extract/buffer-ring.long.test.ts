import { describe, expect, test } from 'vitest';
import { BufferRing } from '../../src/extract/buffer-ring.ts';

describe('a ring of buffers', () => {
  test('gives out each in turn, of memory that threads can share', async () => {
    const ring = new BufferRing(3);
    const buffers = [await ring.next(), await ring.next(), await ring.next()];
    expect(new Set(buffers).size).toBe(3);
    expect(buffers.every(({ buffer }) => buffer instanceof SharedArrayBuffer)).toBe(true);
    expect([await ring.next(), await ring.next()]).toEqual([buffers[0], buffers[1]]);
  });

  test('waits for the one that is still needed', async () => {
    const ring = new BufferRing(2);
    const first = await ring.next();
    const { promise, resolve } = Promise.withResolvers<void>();
    ring.keep(promise);
    const second = await ring.next();
    expect(second).not.toBe(first);
    let given = false;
    const third = ring.next().then((buffer) => {
      given = true;
      return buffer;
    });
    await new Promise(setImmediate);
    expect(given).toBe(false);
    resolve();
    expect(await third).toBe(first);
  });

  test('throws what kept one from coming free, and not before it is its turn', async () => {
    const ring = new BufferRing(2);
    await ring.next();
    ring.keep(Promise.reject(new Error('of the hash')));
    await ring.next();
    await expect(ring.next()).rejects.toThrow('of the hash');
  });
});
