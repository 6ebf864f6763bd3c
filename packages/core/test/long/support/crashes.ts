import { isDeepStrictEqual } from 'node:util';
import type { CollectionReport } from '@cairn/core';
import { killPoints, type Strike } from '@cairn/testkit/faults/faults.js';
import { expect } from 'vitest';
import { perform } from './operations.ts';
import type { Workshop } from './registries.ts';
import {
  attempt,
  type Course,
  courseOf,
  eachInLanes,
  failureAt,
  type Site,
  stateOf,
  type Trial,
} from './sites.ts';
import { leftoversIn } from './soundness.ts';

/**
 * Kills the operation at one point after another, each time on a fresh copy of a registry, and checks what is left.
 * Gives the number of kills.
 */
export async function killEverywhere(workshop: Workshop, trial: Trial): Promise<number> {
  const course = await courseOf(workshop, trial);
  const points = killPoints(course.trace, { max: trial.pointsMax, seed: trial.name });
  const failures: string[] = [];
  let kills = 0;
  await eachInLanes(points, async (strike, index) => {
    const check = async (site: Site) => {
      const { outcome } = await attempt(site, trial, strike);
      if (outcome === null) kills++;
      if (!trial.threaded) expect(outcome).toBeNull();
      await checkAftermath(site, { trial, course, collectFirst: index % 2 === 0 });
    };
    const failure = await failureAt(workshop, { trial, name: `kill-${index}` }, check);
    if (failure !== null) failures.push(describeFailure(strike, { course, failure }));
  });
  expect(failures).toEqual([]);
  expect(kills).toBeGreaterThan(points.length / 2);
  return kills;
}

interface Aftermath {
  readonly trial: Trial;
  readonly course: Course;
  /** Whether garbage is collected before the operation comes again, or after. */
  readonly collectFirst: boolean;
}

/** Without any repair: all is as before or as after, the operation can be done again, and nothing is left over. */
export async function checkAftermath(site: Site, { trial, course, collectFirst }: Aftermath): Promise<void> {
  const state = await stateOf(site);
  const isUndone = isDeepStrictEqual(state, course.before);
  const isDone = isDeepStrictEqual(state, course.after);
  if (!isUndone && !isDone && !trial.isBetween?.(state, course)) {
    expect(state).toEqual(course.after);
  }
  if (collectFirst) await collect(site);
  const { code, message } = await perform(site.registry, trial.operation(site));
  const expected = isDone ? [trial.onceDone] : isUndone ? ['done'] : ['done', trial.onceDone];
  expect(expected, message).toContain(code);
  if (!collectFirst) await collect(site);
  expect(leftoversIn(site.folder)).toEqual([]);
  expect(await stateOf(site)).toEqual(course.after);
  await trial.afterwards?.(site);
}

/** No grace period: whatever nobody needs goes. Nobody is waited for, as nobody is at work. */
async function collect({ registry }: Site): Promise<void> {
  const { code, message, value } = await perform(registry, { kind: 'collectGarbage', graceMs: 0 });
  expect(code, message).toBe('done');
  const { models } = value as CollectionReport;
  expect(models.filter(({ skipped }) => skipped !== undefined)).toEqual([]);
}

/** Says where the process was struck, and what came of it. */
export function describeFailure(
  strike: Strike,
  { course, failure }: { readonly course: Course; readonly failure: string },
): string {
  const { name, target } = course.trace[strike.call - 1] ?? { name: 'unknown', target: '' };
  return `${strike.how} ${strike.moment} call ${strike.call}, ${name} ${target}: ${failure}`;
}
