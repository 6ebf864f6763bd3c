import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { takeOut } from '../../src/index.ts';
import { inAnotherProcess } from '../another-process.ts';
import { filesBelow, writeFiles } from '../registry-fixture.ts';
import { KEY, PACKAGE, sealedRegistry, UNLOCK } from './sealed-fixture.ts';

const LIBRARY = pathToFileURL(join(import.meta.dirname, '../../dist/index.js')).href;

test.each([1, 5])('killed at step %i of taking out, it leaves nothing under a final name', async (step) => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const [fresh, there] = [join(work, 'fresh'), join(work, 'there')];
  const mine = { 'manifest.json': PACKAGE['manifest.json']! };
  writeFiles(there, mine);

  for (const out of [fresh, there]) {
    const killed = killedAt(step, { registry: registry.path, work, out });
    expect({ signal: killed.signal, stderr: killed.stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
  }

  expect(existsSync(fresh)).toBe(false);
  const visible = readdirSync(there).filter((name) => !/^\.cairn-[0-9a-f]{12}\.tmp$/.test(name));
  expect(visible).toEqual(['manifest.json']);
  // The next one goes through, and clears up after the last.
  for (const out of [fresh, there]) {
    await takeOut(registry, 'net@v1', out, { unlock: UNLOCK });
    expect(filesBelow(out)).toEqual(filesBelow(join(work, 'package-v1')));
  }
  expect(readdirSync(work).filter((name) => name.startsWith('.'))).toEqual([]);
});

/** Takes `net@v1` out in a process of its own, which kills itself at the given report of progress. */
function killedAt(step: number, { registry, work, out }: { registry: string; work: string; out: string }) {
  const program = join(work, 'program.mjs');
  writeFileSync(
    program,
    `import { openRegistry, takeOut } from ${JSON.stringify(LIBRARY)};
const environment = { identity: { name: 'Bob', email: 'b@c' }, now: () => new Date(), timezoneOffsetMinutes: () => 0 };
const registry = await openRegistry(${JSON.stringify(registry)}, environment);
const key = Uint8Array.from(${JSON.stringify([...KEY])});
let reports = 0;
const onProgress = () => ++reports === ${step} && process.kill(process.pid, 'SIGKILL');
await takeOut(registry, 'net@v1', ${JSON.stringify(out)}, { unlock: { secret: { kind: 'key', key } }, onProgress });
`,
  );
  return spawnSync(process.execPath, [program], { encoding: 'utf8' });
}

test.skipIf(process.platform !== 'linux')(
  'a disk that takes no more leaves nothing under a final name',
  async () => {
    using fixture = await sealedRegistry();
    const { work } = fixture;
    const before = readdirSync(work);
    const unlock = `{ secret: { kind: 'key', key: Uint8Array.from(${JSON.stringify([...KEY])}) } }`;
    const out = JSON.stringify(join(work, 'out'));

    const outcome = inAnotherProcess(fixture, `takeOut(registry, 'net@v1', ${out}, { unlock: ${unlock} })`, {
      by: ['prlimit', '--fsize=2000000'],
    });

    expect(outcome).toMatchObject({
      code: 'failed',
      message: expect.stringContaining('larger than that disk'),
    });
    expect(readdirSync(work)).toEqual(before);
  },
);
