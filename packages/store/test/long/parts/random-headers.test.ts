import { expect, test } from 'vitest';
import { examples, expectBounded } from '../../parts/random-headers.ts';

test.each(examples())('no mutation of a $name header leads to an exception, in 40,000 tries', (example) => {
  for (let round = 1_000_000; round < 1_040_000; round++) expectBounded(example, round);
  expect.hasAssertions();
});
