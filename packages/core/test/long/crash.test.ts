import { temporaryFolder } from '@cairn/testkit';
import { killPoints } from '@cairn/testkit/faults/faults.js';
import { afterAll, describe, expect, test } from 'vitest';
import { checkAftermath } from './support/aftermath.ts';
import { workshops } from './support/registries.ts';
import { attempt, courseOf, tryEach } from './support/sites.ts';
import { KILLS_MIN, pointsAtMost, TRIALS } from './support/trials.ts';

const folder = temporaryFolder();
const workshopOf = workshops(folder.path);

afterAll(() => folder[Symbol.dispose]());

describe('a process that is killed leaves everything whole, and nothing to repair, while it', () => {
  test.for(Object.entries(TRIALS))('%s', async ([name, trial], { annotate }) => {
    const setting = { workshop: await workshopOf(trial.registry), trial };
    const course = await courseOf(setting);
    const points = killPoints(course.trace, { max: pointsAtMost(trial.killsMax, KILLS_MIN), seed: name });
    let kills = 0;
    await tryEach({ ...setting, course }, points, async (site, strike, index) => {
      const { outcome } = await attempt(site, setting, strike);
      if (outcome === null) kills++;
      else expect(trial.threaded, 'the point was not reached').toBe(true);
      await checkAftermath(site, { ...setting, course, collectFirst: index % 2 === 0 });
    });
    expect(kills).toBeGreaterThan(points.length / 2);
    await annotate(`${kills} kills at ${course.trace.length} calls`);
  });
});
