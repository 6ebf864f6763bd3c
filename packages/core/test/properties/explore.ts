import { git, gitText, safetensorsFile } from '@cairn/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CollectionReport, ModelSummary, Verification, VersionSummary } from '../../src/index.ts';
import { editModel, editVersion } from '../../src/index.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { type KnownVersion, MIB, noise, storeHistory, text } from '../oracle/history.ts';
import { type Damaged, damagePlan, damageRepository } from './damage.ts';
import { observe, type Outcome } from './observe.ts';

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
    await storeHistory(fixture, 'm', VERSIONS);
    await editVersion(fixture.registry, 'm@v1', { description: 'noted' });
    await editModel(fixture.registry, 'm', { description: 'edited', card: '# Card\n' });
  });
  afterAll(() => fixture[Symbol.dispose]());

  test.each(Object.entries(STATES))('damage in a repository %s is reported or harmless', async (_, prepare) => {
    const { registry } = fixture;
    const gitDir = fixture.gitDir('m');
    prepare(gitDir);
    const sound = await observe(registry, 'm', VERSIONS);
    for (const [what, outcome] of sound) expect([what, outcome]).toEqual([what, { value: expect.anything() }]);
    await fc.assert(
      fc.asyncProperty(damagePlan, async (plan) => {
        const damaged = damageRepository(gitDir, plan);
        if (damaged === null) return;
        try {
          expectNothingWrong(sound, await observe(registry, 'm', VERSIONS), damaged);
        } catch (error) {
          const { appendFileSync } = await import('node:fs');
          appendFileSync('/tmp/flips.txt', `##### ${damaged.path} ${JSON.stringify(damaged.damage)} ${(error as Error).stack}\n${JSON.stringify((error as {actual?: unknown}).actual)?.slice(0,1500)}\n`);
        } finally {
          damaged.undo();
        }
      }),
      { numRuns },
    );
    expect(await observe(registry, 'm', VERSIONS)).toEqual(sound);
  });
}

const VERSIONS: readonly KnownVersion[] = [
  { name: 'v1', description: 'one', files: filesWith(0) },
  { name: 'v2', description: 'two', files: { ...filesWith(1), 'second.txt': text('only in the second\n') } },
];

function filesWith(change: number): KnownVersion['files'] {
  const { bytes } = safetensorsFile([
    { name: 'a', dtype: 'F16', shape: [700, 1024], bytes: noise('tensor', 1.4 * 1000 * 1024).bytes.fill(change, 5, 9) },
    { name: 'b', dtype: 'BF16', shape: [64, 64] },
  ]);
  return {
    'model.safetensors': { bytes: Buffer.concat([bytes]) },
    'config.json': text(`{ "change": ${change} }\n`),
    'run.sh': { ...text('#!/bin/sh\n'), executable: true },
    'noise.bin': noise('small', 3000),
    empty: text(''),
  };
}

type Outcomes = ReadonlyMap<string, Outcome>;

function expectNothingWrong(sound: Outcomes, found: Outcomes, damaged: Damaged): void {
  for (const [what, outcome] of found) {
    if ('error' in outcome) continue;
    const expected = (sound.get(what) as { value: unknown }).value;
    const context = `${what}, with ${JSON.stringify(damaged.damage)} in ${damaged.path}`;
    expect({ context, value: judged(what, outcome.value, expected, damaged) }).toEqual({ context, value: expected });
  }
  for (const { name } of VERSIONS) {
    const verified = found.get(`verify ${name}`)!;
    if (!('value' in verified) || !(verified.value as Verification).ok) continue;
    const failed = [...found].filter(([what, outcome]) => what.includes(` ${name}`) && 'error' in outcome);
    expect(failed.filter(([what]) => /^(take out|read)/.test(what))).toEqual([]);
  }
}

/** What was given, with everything that admits to its damage replaced by what is right. */
function judged(what: string, value: unknown, expected: unknown, damaged: Damaged): unknown {
  switch (what.split(' ')[0]) {
    case 'list':
      return judgedRows(value as Row[], expected as Row[], damaged);
    case 'verify':
      return judgedVerifications(value, expected);
    case 'examine':
      return expected;
    case 'plan':
      return isSkipped(value) ? expected : value;
    default:
      return value;
  }
}

function isSkipped(value: unknown): boolean {
  return ((value as Partial<CollectionReport>).models ?? []).some(({ skipped }) => skipped !== undefined);
}

type Row = ModelSummary | VersionSummary;

/** A row with a problem tells of its damage. A name can be lost, or be another, where names of refs are lost. */
function judgedRows(rows: readonly Row[], expected: readonly Row[], { path }: Damaged): unknown {
  const told = rows.filter(({ problem }) => problem === undefined);
  if (path === 'packed-refs') return expected.filter((row) => !told.some((own) => nameOf(own) === nameOf(row))).concat(told);
  expect(rows.map(nameOf)).toEqual(expected.map(nameOf));
  return rows.map((row, index) => (row.problem ? expected[index] : row));
}

function nameOf(row: Row): string {
  return 'version' in row ? row.version : row.name;
}

function judgedVerifications(value: unknown, expected: unknown): unknown {
  if (!Array.isArray(value)) return (value as Verification).ok ? value : expected;
  return (value as Verification[]).every(({ ok }) => ok) ? value : expected;
}
