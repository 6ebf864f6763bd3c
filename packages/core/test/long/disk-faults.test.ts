import { temporaryFolder } from '@cairn/testkit';
import { diskFaults } from '@cairn/testkit/faults/faults.js';
import { afterAll, describe, expect, test } from 'vitest';
import { checkAftermath } from './support/aftermath.ts';
import { workshops } from './support/registries.ts';
import { attempt, courseOf, stateOf, tryEach } from './support/sites.ts';
import { leftoversIn } from './support/soundness.ts';
import { pointsAtMost, TRIALS } from './support/trials.ts';

const folder = temporaryFolder();
const workshopOf = workshops(folder.path);

afterAll(() => folder[Symbol.dispose]());

describe('a disk that is full or fails is said to be, and nothing half-written stays, while a process', () => {
  test.for(Object.entries(TRIALS))('%s', async ([name, trial], { annotate }) => {
    const setting = { workshop: await workshopOf(trial.registry), trial };
    const course = await courseOf(setting);
    const faults = diskFaults(course.trace, { max: pointsAtMost(trial.faultsMax), seed: name });
    const said: Record<string, number> = {};
    await tryEach({ ...setting, course }, faults, async (site, strike, index) => {
      const { outcome } = await attempt(site, setting, strike);
      const { code, message } = outcome!;
      said[code] = (said[code] ?? 0) + 1;
      expect(['done', strike.how === 'ENOSPC' ? 'no-space' : 'failed'], message).toContain(code);
      if (code === 'done') expect(await stateOf(site)).toEqual(course.after);
      expect(leftoversIn(site.folder).filter((path) => !isTrash(path))).toEqual([]);
      await checkAftermath(site, { ...setting, course, collectFirst: index % 2 === 0 });
    });
    await annotate(`${faults.length} faults: ${JSON.stringify(said)}`);
  });
});

/** A model that is gone from sight stays there when it is not certain that it would be after a power cut. */
function isTrash(path: string): boolean {
  return /^registry\/\.cairn\/trash\/[^/]+$/.test(path.replaceAll('\\', '/'));
}
