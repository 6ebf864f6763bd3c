import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRepository } from '../../src/repository/open.ts';
import { interruptEverywhere, SCENARIOS } from './interrupted.ts';
import { withPowerCut } from './power-cut.ts';
import { RUNS } from './run-scenario.ts';

/** Some places; all of them, with processes that are killed, are in the long suite. */
function* somewhere(): Generator<number> {
  for (let change = 9; change < 300; change += 11) yield change;
}

describe.each(SCENARIOS)('$name', (scenario) => {
  test('can be cut off anywhere, and the next collection finishes it', async () => {
    let isDone = false;
    await interruptEverywhere(scenario, somewhere(), async (gitDir, change) => {
      const repository = openRepository(gitDir);
      ({ isDone } = await withPowerCut(change, () => RUNS[scenario.name](repository)));
      repository.close();
      // Left by this very process, which is alive: what the dead leave is swept.
      rmSync(join(gitDir, 'cairn'), { recursive: true, force: true });
      rmSync(join(gitDir, 'packed-refs.lock'), { force: true });
      for (const name of ['v2', 'v4', 'v5'])
        rmSync(join(gitDir, 'refs', 'tags', `${name}.lock`), { force: true });
      return isDone;
    });
    expect(isDone).toBe(true);
  });
});
