import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asCairnError, CairnError } from '../src/errors.ts';
import { createVersion } from '../src/index.ts';
import { expectFailure, registryFixture } from './registry-fixture.ts';

test('what can only be a mistake in a program says so, and keeps where it happened', async () => {
  const mistakes = [
    thrownBy(() => (undefined as unknown as { x: { y: 1 } }).x.y),
    thrownBy(() => new Array(-1)),
    thrownBy(() => join(1 as unknown as string)),
  ];
  for (const mistake of mistakes) {
    const error = asCairnError(mistake);
    expect(error).toMatchObject({
      code: 'failed',
      hint: expect.stringContaining('report it'),
      cause: mistake,
    });
    expect(error.message).toBe(
      `unexpected, and a bug in Cairn or in what uses it: ${(mistake as Error).message}`,
    );
  }
});

test('what the platform says is no mistake, nor what a caller throws', async () => {
  const system = thrownBy(() => rmSync(join(import.meta.dirname, 'not-here')));
  expect(asCairnError(system)).toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('not-here'),
  });
  expect(asCairnError(new Error('enough'))).toMatchObject({ code: 'failed', message: 'enough' });
  expect(asCairnError(new Error('enough')).hint).toBeUndefined();
  const own = new CairnError('refused', 'no');
  expect(asCairnError(own)).toBe(own);
});

test('an argument of the wrong kind is told at the border of the library', async () => {
  using fixture = await registryFixture();
  const options = {} as Parameters<typeof createVersion>[2];
  const add = createVersion(
    fixture.registry,
    { model: 'm', version: 'v1' },
    { ...options, createModel: true },
  );
  await expectFailure(add, {
    code: 'failed',
    names: ['a bug in Cairn or in what uses it'],
    hint: /report it/,
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
