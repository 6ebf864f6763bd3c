import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gitText } from '@cairn/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  collectGarbage,
  createVersion,
  deleteVersion,
  editModel,
  editVersion,
  type Registry,
  renameVersion,
  type Verification,
  verifyVersion,
} from '../../src/index.ts';
import { expectNoLeftovers } from '../oracle/read-back.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { type DamagePlan, damagePlan, damageRepository } from './damage.ts';
import { type Outcome, outcomeOf, takenOut } from './observe.ts';
import { storeSmallModel, VERSIONS } from './small-model.ts';

const MODEL = 'damaged';

/** Every change that can be made to a model. What `v2` holds must come to no harm by any of them. */
const CHANGES: Readonly<Record<string, (fixture: RegistryFixture) => Promise<unknown>>> = {
  add: ({ registry, work }) => {
    const sources = [
      { path: join(work, 'whole-v1-source') },
      { path: join(work, 'whole-v2-source'), into: 'second' },
    ];
    return createVersion(registry, { model: MODEL, version: 'v3' }, { sources });
  },
  delete: ({ registry }) => deleteVersion(registry, `${MODEL}@v1`),
  rename: ({ registry }) => renameVersion(registry, `${MODEL}@v1`, 'v1.0'),
  describe: ({ registry }) => editVersion(registry, `${MODEL}@v2`, { description: 'again' }),
  edit: ({ registry }) => editModel(registry, MODEL, { description: 'again' }),
  collect: ({ registry }) => collectGarbage(registry, { graceMs: 0 }),
};

interface Change {
  readonly kind: string;
  readonly packed: boolean;
  readonly damage: DamagePlan;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom(...Object.keys(CHANGES)),
  packed: fc.boolean(),
  damage: damagePlan,
});

/** A change to a damaged model is refused, or is made without doing harm to what is not damaged. */
export function testChangesInDamage(numRuns: number): void {
  test('a change to a damaged model harms nothing else, and one that is refused changes nothing', async () => {
    using fixture = await registryFixture();
    await storeSmallModel(fixture, 'whole');
    const sound = await reading(fixture.registry, 'whole@v2');
    await fc.assert(
      fc.asyncProperty(change, async (each) => {
        cpSync(fixture.gitDir('whole'), fixture.gitDir(MODEL), { recursive: true });
        try {
          if (each.packed) gitText(fixture.gitDir(MODEL), 'gc', '--quiet');
          await changeInDamage(fixture, each, sound);
        } finally {
          rmSync(fixture.gitDir(MODEL), { recursive: true });
        }
      }),
      { numRuns },
    );
  });
}

async function changeInDamage(
  fixture: RegistryFixture,
  { kind, damage }: Change,
  sound: Outcome,
): Promise<void> {
  const { registry } = fixture;
  const gitDir = fixture.gitDir(MODEL);
  const damaged = damageRepository(gitDir, damage);
  const before = await damagedPaths(registry);
  const outcome = await outcomeOf(() => CHANGES[kind]!(fixture));
  const after = await damagedPaths(registry);
  expect(after.filter((path) => !before.includes(path))).toEqual([]);
  await expectRightOrRefused(registry, sound);
  expectNoLeftovers(gitDir);
  if (damaged === null || 'value' in outcome || !damaged.stands()) return;
  damaged.undo();
  for (const version of ['v1', 'v2']) {
    expect(await verifyVersion(registry, `${MODEL}@${version}`)).toMatchObject({ ok: true });
  }
}

/** Paths of the second version that are damaged, or `*` for all of it. */
async function damagedPaths(registry: Registry): Promise<string[]> {
  const outcome = await outcomeOf(() => verifyVersion(registry, `${MODEL}@v2`));
  const every = ['*', ...Object.keys(VERSIONS[1]!.files)];
  if ('error' in outcome) return every;
  const { problems } = outcome.value as Verification;
  return problems.some(({ path }) => path === undefined) ? every : problems.map(({ path }) => path!);
}

function reading(registry: Registry, reference: string): Promise<Outcome> {
  return outcomeOf(() => takenOut(registry, reference));
}

async function expectRightOrRefused(registry: Registry, sound: Outcome): Promise<void> {
  const found = await reading(registry, `${MODEL}@v2`);
  if ('value' in found) expect(found).toEqual(sound);
}
