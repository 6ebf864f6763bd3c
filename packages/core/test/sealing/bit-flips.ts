import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pseudoRandomBytes } from '@cairn/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  openFile,
  openPackage,
  type Registry,
  showVersion,
  takeOut,
  type Verification,
  verifyVersion,
} from '../../src/index.ts';
import { damagePlan, damageRepository } from '../properties/damage.ts';
import { type Outcome, outcomeOf } from '../properties/observe.ts';
import { filesBelow, type RegistryFixture } from '../registry-fixture.ts';
import { PACKAGE, SEGMENT, sealedRegistry, sealVersion, UNLOCK } from './sealed-fixture.ts';

/** A file of two segments and small ones: little to read each time, and all kinds of objects. */
const FILES = {
  'hooks/load.py': PACKAGE['hooks/load.py']!,
  'hooks/predict.py': PACKAGE['hooks/predict.py']!,
  'manifest.json': PACKAGE['manifest.json']!,
  'models/weights.bin': pseudoRandomBytes(9, SEGMENT + 3000),
};

/** Damage anywhere in a repository with sealed versions is told, or does not matter. */
export function testSealedBitFlips(numRuns: number): void {
  let fixture: RegistryFixture;
  beforeAll(async () => {
    fixture = await sealedRegistry(FILES);
    const weights = Buffer.from(FILES['models/weights.bin']).fill(1, 0, 9);
    await sealVersion(fixture, 'v2', { ...FILES, 'models/weights.bin': weights });
  });
  afterAll(() => fixture[Symbol.dispose]());

  test('damage in a repository with sealed versions is reported or harmless', async () => {
    const { registry } = fixture;
    const gitDir = fixture.gitDir('net');
    const sound = await observe(registry);
    for (const [what, outcome] of sound)
      expect([what, outcome]).toEqual([what, { value: expect.anything() }]);
    await fc.assert(
      fc.asyncProperty(damagePlan, async (plan) => {
        const damaged = damageRepository(gitDir, plan);
        if (damaged === null) return;
        try {
          const context = `${JSON.stringify(damaged.damage)} in ${damaged.path}`;
          for (const [what, outcome] of await observe(registry)) {
            if (admits(outcome)) continue;
            expect({ what, context, outcome }).toEqual({ what, context, outcome: sound.get(what) });
          }
        } finally {
          damaged.undo();
        }
      }),
      { numRuns },
    );
    expect(await observe(registry)).toEqual(sound);
  });
}

function admits(outcome: Outcome): boolean {
  return 'error' in outcome || (outcome.value as Partial<Verification>).ok === false;
}

async function observe(registry: Registry): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for (const version of ['v1', 'v2']) {
    const reference = `net@${version}`;
    const questions = {
      show: async () => facts(await showVersion(registry, reference, { unlock: UNLOCK })),
      verify: () => verifyVersion(registry, reference, { unlock: UNLOCK }),
      'take out': () => takenOut(registry, reference),
      read: () => readRange(registry, `${reference}:models/weights.bin`),
      open: () => codeOf(registry, reference),
    };
    for (const [what, ask] of Object.entries(questions)) {
      outcomes.set(`${what} ${version}`, await outcomeOf(ask));
    }
  }
  return outcomes;
}

/** What is sealed, and not what is said of it beside: that rests on refs, which have no checksums. */
function facts({ version, sealing }: Awaited<ReturnType<typeof showVersion>>) {
  return { version, sealing };
}

async function takenOut(registry: Registry, reference: string): Promise<object> {
  const folder = join(registry.path, '..', `out-${randomBytes(6).toString('hex')}`);
  try {
    await takeOut(registry, reference, folder, { unlock: UNLOCK });
    return filesBelow(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readRange(registry: Registry, reference: string): Promise<string> {
  using file = await openFile(registry, reference, { unlock: UNLOCK });
  return Buffer.from(await file.read(SEGMENT - 10, 20)).toString('hex');
}

async function codeOf(registry: Registry, reference: string): Promise<string> {
  await using opened = await openPackage(registry, reference, { unlock: UNLOCK });
  let text = '';
  for await (const bytes of opened.stream('hooks/load.py')) text += Buffer.from(bytes).toString();
  return text;
}
