import { expect, test } from 'vitest';
import { examples, expectBounded } from './random-headers.ts';

test.each(
  examples(),
)('no mutation of a $name header leads to an exception or beyond the limits', (example) => {
  for (let round = 0; round < 400; round++) expectBounded(example, round);
  expect.hasAssertions();
});
