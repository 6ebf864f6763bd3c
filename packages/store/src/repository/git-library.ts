import { StoreError, systemCode } from '../errors.ts';

/**
 * isomorphic-git, loaded when it is first needed: it takes some 200 ms, and who only reads refs or objects
 * does without. Whoever knows that it will be needed can call this ahead, beside other work.
 */
export function loadGit(): Promise<typeof import('isomorphic-git')> {
  return import('isomorphic-git');
}

/** Translates what isomorphic-git threw; what the seam threw passes unchanged. */
export function translatedGit(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const code = systemCode(error) === 'NotFoundError' ? 'not-found' : 'damaged';
  return new StoreError(code, `${doing}: ${reason}`, { cause: error });
}
