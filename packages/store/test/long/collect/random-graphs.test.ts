import fc from 'fast-check';
import { test } from 'vitest';
import { expectSurvivors, randomHistory } from '../../collect/random-graphs.ts';

test('what survives in many random histories is what Git can reach', async () => {
  await fc.assert(fc.asyncProperty(randomHistory, expectSurvivors), { numRuns: 100 });
});
