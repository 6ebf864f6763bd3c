import { randomInt } from 'node:crypto';
import { env } from 'node:process';
import fc from 'fast-check';

/** What the cases of every property come from unless something else is wished: a test that passes does so again. */
const USUAL_SEED = 1;

/**
 * Runs before each test file: `PROPERTY_SEED` chooses other cases, a number such as a failure prints, or `random`
 * for new ones.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: seedFrom(env.PROPERTY_SEED) });

function seedFrom(wish: string | undefined): number {
  if (wish === undefined || wish === '') return USUAL_SEED;
  if (wish === 'random') return randomInt(2 ** 31);
  const seed = Number(wish);
  if (Number.isInteger(seed)) return seed;
  throw new Error(`PROPERTY_SEED is a whole number or random, not ${JSON.stringify(wish)}`);
}
