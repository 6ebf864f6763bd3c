import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { AskedThread } from '../../src/threads/asked-thread.ts';

const asked = () => new AskedThread<string, string>(import.meta.url, 'answering-thread');

const STOPPED = new StoreError('cancelled', 'stopped');

describe('a thread that is asked', () => {
  test('gives every answer to its question', async () => {
    const thread = asked();
    const answers = ['one', 'two', 'three'].map((word) => thread.ask(word));
    expect(await Promise.all(answers)).toEqual(['ONE', 'TWO', 'THREE']);
    await thread.stop(STOPPED);
  });

  test('throws what the thread threw to whoever asked, and answers the next', async () => {
    const thread = asked();
    const refused = thread.ask('refuse');
    const answered = thread.ask('go on');
    await expect(refused).rejects.toMatchObject({
      name: 'StoreError',
      code: 'denied',
      message: 'not that',
      hint: 'ask for something else',
      data: { word: 'refuse' },
    });
    expect(await answered).toBe('GO ON');
    await thread.stop(STOPPED);
  });

  test('tells everybody who waits when it breaks, and whoever asks afterwards', async () => {
    const thread = asked();
    const broken = { code: 'failed', message: 'thread answering-thread ended early with 3' };
    const waiting = [thread.ask('exit'), thread.ask('after')];
    const ends = await Promise.allSettled(waiting);
    for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: broken });
    await expect(thread.ask('late')).rejects.toMatchObject(broken);
  });

  test('tells everybody who waits why it was stopped', async () => {
    const thread = asked();
    const waiting = thread.ask('loop');
    const told = expect(waiting).rejects.toBe(STOPPED);
    await thread.stop(STOPPED);
    await told;
    await expect(thread.ask('late')).rejects.toBe(STOPPED);
  });
});
