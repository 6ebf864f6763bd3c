import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { errorFromMessage, errorMessage, startThread } from '../../src/threads/thread.ts';

interface Talk {
  readonly said: string;
  readonly with: unknown;
}

/** A thread, with what comes from it in the order in which it comes. */
function talk(data: unknown = null) {
  const events: (Talk | StoreError)[] = [];
  let wake = () => {};
  const heard = (event: Talk | StoreError) => {
    events.push(event);
    wake();
  };
  const thread = startThread<string, Talk>(import.meta.url, 'talking-thread', data, {
    onMessage: heard,
    onBroken: heard,
  });
  const next = async () => {
    while (events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return events.shift()!;
  };
  return { thread, next, events };
}

describe('a thread', () => {
  test('gets what it is started with and what it is told, in order', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(7);
    const { thread, next } = talk({ shared });
    thread.post('one');
    thread.post('two');
    expect(await next()).toEqual({ said: 'one', with: { shared } });
    expect(await next()).toEqual({ said: 'two', with: { shared } });
    await thread.stop();
  });

  test('that throws is broken, and says why', async () => {
    const { thread, next } = talk();
    thread.post('throw');
    const broken = {
      name: 'StoreError',
      code: 'failed',
      message: 'thread talking-thread broke: of the thread itself',
    };
    expect(await next()).toMatchObject(broken);
    await thread.stop();
  });

  test('that ends early is broken', async () => {
    const { thread, next } = talk();
    thread.post('exit');
    expect(await next()).toMatchObject({
      code: 'failed',
      message: 'thread talking-thread ended early with 3',
    });
  });

  test('that cannot be started is broken', async () => {
    const error = await new Promise((resolve) => {
      startThread(import.meta.url, 'no-such-thread', null, { onMessage: resolve, onBroken: resolve });
    });
    expect(error).toMatchObject({
      name: 'StoreError',
      code: 'failed',
      message: expect.stringContaining('no-such-thread'),
    });
  });

  test('is stopped whatever it is doing, and that breaks nothing', async () => {
    const { thread, events } = talk();
    thread.post('loop');
    await thread.stop();
    await thread.stop();
    expect(events).toEqual([]);
  });
});

describe('an error between threads', () => {
  test.each([
    new StoreError('no-space', 'full', { hint: 'free some', data: { path: 'a', count: 3 } }),
    new StoreError('damaged', 'broken', { cause: new Error('not taken along') }),
  ])('is the same error: $code', (error) => {
    const arrived = errorFromMessage(structuredClone(errorMessage(error)));
    expect(arrived).toBeInstanceOf(StoreError);
    const { name, code, message, hint, data } = error;
    expect(arrived).toMatchObject({ name, code, message, hint, data });
  });
});
