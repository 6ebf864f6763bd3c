import { CairnError } from '../../src/errors.ts';

/** What an action throws, which must be an error of the library. */
export function failureOf(action: () => unknown): CairnError {
  try {
    action();
  } catch (error) {
    if (error instanceof CairnError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
