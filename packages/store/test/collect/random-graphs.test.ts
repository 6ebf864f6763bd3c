import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectSurvivors, randomHistory } from './random-graphs.ts';

test('what survives in random histories is what Git can reach', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(randomHistory, async (history) => {
      await expectSurvivors(history);
      runs++;
    }),
    { numRuns: 10 },
  );
  expect(runs).toBe(10);
});
