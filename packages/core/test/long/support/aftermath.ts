import { isDeepStrictEqual } from 'node:util';
import type { CollectionReport } from '@cairn/core';
import { expect } from 'vitest';
import { perform } from './operations.ts';
import { type Course, type Setting, type Site, type SiteState, stateOf } from './sites.ts';
import { leftoversIn } from './soundness.ts';

export interface Aftermath extends Setting {
  readonly course: Course;
  /** Whether garbage is collected before the operation comes again, or after. */
  readonly collectFirst: boolean;
}

/**
 * Checks what is left, without any repair: all is as before or as after, the operation can be done again, nobody has
 * to be waited for, and nothing is left over once garbage was collected.
 */
export async function checkAftermath(site: Site, aftermath: Aftermath): Promise<void> {
  const { trial, workshop, course, collectFirst } = aftermath;
  trial.holdsAlways?.(site, workshop);
  const state = await stateOf(site);
  const expected = expectedAgain(state, aftermath);
  if (collectFirst) await collect(site);
  const { code, message } = await perform(site.registry, trial.operation(site, workshop));
  expect(expected, `${code}: ${message}`).toContain(code);
  if (!collectFirst) await collect(site);
  expect(leftoversIn(site.folder).filter((path) => !isHalfAKey(path))).toEqual([]);
  expect(await stateOf(site)).toEqual(course.after);
  await trial.afterwards?.(site, workshop);
}

/** The next key that is made after a minute takes it away. */
function isHalfAKey(path: string): boolean {
  return /^keys[\\/]tmp_[0-9a-f]{16}$/.test(path);
}

/** What the operation may say when it comes again. Fails for a state that there must not be. */
function expectedAgain(state: SiteState, { trial, course }: Aftermath): string[] {
  if (isDeepStrictEqual(state, course.after)) return [trial.onceDone];
  if (isDeepStrictEqual(state, course.before)) return ['done'];
  if (!trial.isBetween?.(state, course)) expect(state).toEqual(course.after);
  return ['done', trial.onceDone];
}

/** No grace period: whatever nobody needs goes. A model would be skipped when somebody had to be waited for. */
async function collect({ registry }: Site): Promise<void> {
  const { code, message, value } = await perform(registry, { kind: 'collectGarbage', graceMs: 0 });
  expect(code, message).toBe('done');
  const { models } = value as CollectionReport;
  expect(models.filter(({ skipped }) => skipped !== undefined)).toEqual([]);
}
