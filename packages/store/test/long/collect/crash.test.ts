import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { describe, expect, test } from 'vitest';
import { interruptEverywhere, SCENARIOS } from '../../collect/interrupted.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'collect');
const CHANGES_MAX = 300;

function* everywhere(): Generator<number> {
  for (let change = 0; change < CHANGES_MAX; change++) yield change;
}

describe.each(SCENARIOS)('$name', (scenario) => {
  test('can be killed anywhere, and the next collection finishes it', async () => {
    let isDone = false;
    await interruptEverywhere(scenario, everywhere(), async (gitDir, change) => {
      const run = spawnSync(
        execPath,
        ['--import', join(FOLDER, 'kill-at.ts'), join(FOLDER, 'run-scenario.ts'), scenario.name, gitDir],
        { env: { ...env, KILL_AT: `${change}` }, stdio: ['ignore', 'ignore', 'inherit'] },
      );
      isDone = run.status === 0;
      if (!isDone) expect(run.signal).toBe('SIGKILL');
      return isDone;
    });
    expect(isDone).toBe(true);
  });
});
