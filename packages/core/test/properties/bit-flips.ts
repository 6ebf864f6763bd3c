import { isDeepStrictEqual } from 'node:util';
import { git, gitText } from '@cairn/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  CollectionReport,
  Deletion,
  ModelSummary,
  Verification,
  VersionSummary,
} from '../../src/index.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { type Damaged, damagePlan, damageRepository } from './damage.ts';
import { type Outcome, observe } from './observe.ts';
import { storeSmallModel, VERSIONS } from './small-model.ts';

/** The states in which a repository can be, by what Git did to it. */
const STATES: Readonly<Record<string, (gitDir: string) => void>> = {
  'as Cairn wrote it': () => {},
  'after git gc, in one pack with deltas': (gitDir) => {
    const settings = ['-c', 'pack.window=10', '-c', 'core.bigFileThreshold=512m'];
    git(gitDir, [...settings, 'repack', '-adfq', '--write-bitmap-index']);
    gitText(gitDir, 'pack-refs', '--all');
    gitText(gitDir, 'multi-pack-index', 'write');
  },
};

/** Damage anywhere in a repository is told, or does not matter: no operation gives out anything wrong. */
export function testBitFlips(numRuns: number): void {
  let fixture: RegistryFixture;
  beforeAll(async () => {
    fixture = await registryFixture();
    await storeSmallModel(fixture, 'm');
  });
  afterAll(() => fixture[Symbol.dispose]());

  test.each(
    Object.entries(STATES),
  )('damage in a repository %s is reported or harmless', async (_, prepare) => {
    const { registry } = fixture;
    const gitDir = fixture.gitDir('m');
    prepare(gitDir);
    const sound = await observe(registry, 'm', VERSIONS);
    for (const [what, outcome] of sound)
      expect([what, outcome]).toEqual([what, { value: expect.anything() }]);
    await fc.assert(
      fc.asyncProperty(damagePlan, async (plan) => {
        const damaged = damageRepository(gitDir, plan);
        if (damaged === null) return;
        try {
          expectNothingWrong(sound, await observe(registry, 'm', VERSIONS), damaged);
        } finally {
          damaged.undo();
        }
      }),
      { numRuns },
    );
    expect(await observe(registry, 'm', VERSIONS)).toEqual(sound);
  });
}

type Outcomes = ReadonlyMap<string, Outcome>;

function expectNothingWrong(sound: Outcomes, found: Outcomes, damaged: Damaged): void {
  const loss = lossOf(found, damaged);
  for (const [what, outcome] of found) {
    if ('error' in outcome) continue;
    const expected = answerOf(sound, what);
    const context = `${what}, with ${JSON.stringify(damaged.damage)} in ${damaged.path}`;
    const fallback =
      what === 'take out latest' &&
      loss.names &&
      isDeepStrictEqual(outcome.value, answerOf(sound, 'take out v1'));
    const value = fallback ? expected : judged(what, outcome.value, { expected, loss });
    expect({ context, value }).toEqual({ context, value: expected });
  }
  for (const { name } of VERSIONS) expectReadableWhereVerified(found, name);
}

/** What verification calls whole can be taken out and read. */
function expectReadableWhereVerified(found: Outcomes, version: string): void {
  const verified = found.get(`verify ${version}`)!;
  if ('error' in verified || !(verified.value as Verification).ok) return;
  for (const [what, outcome] of found) {
    if (what.startsWith(`take out ${version}`) || what.startsWith(`read ${version}`)) {
      expect([what, 'error' in outcome]).toEqual([what, false]);
    }
  }
}

/** What damage to refs and tags takes away without a trace: the files of refs have no checksums. */
interface Loss {
  /** Names of refs can be lost, or be others. */
  readonly names: boolean;
  /** What is freed counts the file as it is: that of a ref, or one that Git derives and a collection drops. */
  readonly bytes: boolean;
  /** The newest version cannot be told, or another passes for it where names are lost. */
  readonly newest: boolean;
}

function lossOf(found: Outcomes, { path }: Damaged): Loss {
  const listed = found.get('list versions')!;
  const rows = 'value' in listed ? (listed.value as VersionSummary[]) : [];
  return {
    names: path === 'packed-refs',
    bytes: !/\.(pack|idx)$/.test(path),
    newest: rows.length < VERSIONS.length || rows.some(({ problem }) => problem !== undefined),
  };
}

function answerOf(outcomes: Outcomes, what: string): unknown {
  const outcome = outcomes.get(what)!;
  return 'value' in outcome ? outcome.value : outcome.error;
}

/** What was given, with everything that admits to its damage replaced by what is right. */
function judged(
  what: string,
  value: unknown,
  { expected, loss }: { expected: unknown; loss: Loss },
): unknown {
  const [verb] = what.split(' ');
  if (verb === 'examine') return expected;
  if (verb === 'verify') return judgedVerifications(value, { expected, loss });
  if (verb === 'list') return judgedRows(value as Row[], expected as Row[], loss);
  if (verb === 'show') return withLatest(value as object, expected as object, loss);
  if (verb === 'plan') return judgedPlan(value, { expected, loss });
  return value;
}

function judgedPlan(value: unknown, { expected, loss }: { expected: unknown; loss: Loss }): unknown {
  return admitsObstacle(value) || loss.bytes || freesLess(value, expected) ? expected : value;
}

/** What only a damaged object leads to is not found, and stays. */
function freesLess(value: unknown, expected: unknown): boolean {
  return (value as Deletion).freed < (expected as Deletion).freed;
}

/** What is verified is right or says that it is not; a version whose name is lost is not looked at. */
function judgedVerifications(value: unknown, { expected, loss }: { expected: unknown; loss: Loss }): unknown {
  if (admitsDamage(value)) return expected;
  const isPart = (one: unknown) => (expected as unknown[]).some((each) => isDeepStrictEqual(each, one));
  return loss.names && Array.isArray(value) && value.every(isPart) ? expected : value;
}

function admitsDamage(value: unknown): boolean {
  return ([value].flat() as Verification[]).some(({ ok }) => !ok);
}

/** Nothing is collected from a damaged repository: the model is passed over, or the bytes come free later. */
function admitsObstacle(value: unknown): boolean {
  const { models = [], pending = false } = value as Partial<CollectionReport & Deletion>;
  return pending || models.some(({ skipped }) => skipped !== undefined);
}

type Row = ModelSummary | VersionSummary;

function judgedRows(rows: readonly Row[], expected: readonly Row[], loss: Loss): unknown {
  if (!loss.names) expect(rows.map(nameOf).sort()).toEqual(expected.map(nameOf).sort());
  return expected.map((row) => {
    const found = rows.find((each) => nameOf(each) === nameOf(row));
    if (found === undefined || found.problem) return row;
    return withLatest(withNote(found, row), row, loss);
  });
}

function nameOf(row: Row): string {
  return 'version' in row ? row.version : row.name;
}

/** Where a note cannot be read, the list has what the version was made with, and says so. */
function withNote(found: Row, expected: Row): Row {
  if (!('noteProblem' in found)) return found;
  const { noteProblem: _, ...rest } = found;
  const own = VERSIONS.find(({ name }) => name === nameOf(found))?.description;
  return found.description === own ? { ...rest, description: expected.description } : rest;
}

/** Fields that rest on what is the latest version, or on how many there are. */
const FROM_LATEST = ['latest', 'size', 'modifiedAt', 'modifiedBy'];

function withLatest(value: object, expected: object, loss: Loss): object {
  const excused = [...(loss.newest ? FROM_LATEST : []), ...(loss.names ? ['versions'] : [])];
  return {
    ...value,
    ...Object.fromEntries(Object.entries(expected).filter(([key]) => excused.includes(key))),
  };
}
