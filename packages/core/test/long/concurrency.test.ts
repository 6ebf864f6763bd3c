import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CollectionReport, Verification, VersionSummary } from '@cairn/core';
import { listAccess, openRegistry, showModel } from '@cairn/core';
import { git, linearPackage, pseudoRandomBytes, temporaryFolder, writePackage } from '@cairn/testkit';
import { afterAll, expect, test } from 'vitest';
import { runProgram } from './support/children.ts';
import { type Operation, perform, testEnvironment } from './support/operations.ts';
import {
  addVersion,
  keyringBeside,
  repositoryOf,
  sealing,
  type Workshop,
  workshops,
  writeFiles,
} from './support/registries.ts';
import { leftoversIn, soundRegistry } from './support/soundness.ts';
import { type Deed, unexpected, workTogether } from './support/together.ts';

const folder = temporaryFolder();

afterAll(() => folder[Symbol.dispose]());

/** A registry of its own for each test, with the model `prices` that has no versions. */
function bareWorkshop(): Promise<Workshop> {
  return workshops(mkdtempSync(join(folder.path, 'together-')))('bare');
}

const PROCESSES = Array.from({ length: 8 }, (_, index) => index);
const ROUNDS = Array.from({ length: 4 }, (_, index) => index);

/** Everybody adds the same contents in the same round, and something of their own. */
function adding({ folder: place }: Workshop, worker: number, round: number): Operation {
  const [shared, own] = [
    join(place, 'sources', `round-${round}`),
    join(place, 'sources', `own-${worker}-${round}`),
  ];
  writeFiles(shared, { 'shared.bin': pseudoRandomBytes(`round ${round}`, 1_500_000) });
  writeFiles(own, {
    'own.bin': pseudoRandomBytes(`${worker} ${round}`, 300_000),
    'own.txt': `${worker} ${round}\n`,
  });
  return {
    kind: 'createVersion',
    model: 'prices',
    version: `w${worker}-r${round}`,
    options: { sources: [{ path: shared }, { path: own }] },
  };
}

/** Adds versions, and deletes the one before the last of them each time. */
function adder(workshop: Workshop, worker: number): Operation[] {
  return ROUNDS.flatMap((round): Operation[] => {
    const added = adding(workshop, worker, round);
    if (round % 2 === 0) return [added];
    return [added, { kind: 'deleteVersion', reference: `prices@w${worker}-r${round - 1}` }];
  });
}

const OLD = Array.from({ length: 6 }, (_, index) => `old-${index}`);

function others({ folder: place }: Workshop): Operation[][] {
  const times = Array.from({ length: 6 }, (_, index) => index);
  const reader = times.flatMap((time): Operation[] => [
    { kind: 'listVersions', model: 'prices' },
    { kind: 'showModel', model: 'prices' },
    { kind: 'listModels' },
    { kind: 'showVersion', reference: `prices@w${time}-r1` },
    { kind: 'verifyVersion', reference: `prices@${OLD[time]}` },
    { kind: 'verifyVersion', reference: 'prices@kept' },
  ]);
  const taker = times.flatMap((time): Operation[] => [
    {
      kind: 'takeOut',
      reference: `prices@${OLD[time]}`,
      destination: join(place, `out-${time}`),
      options: {},
    },
    { kind: 'takeOut', reference: 'prices@kept', destination: join(place, 'out'), options: {} },
    { kind: 'takeOut', reference: 'prices@kept', destination: join(place, `kept-${time}`), options: {} },
  ]);
  const deleter = OLD.map(
    (version): Operation => ({ kind: 'deleteVersion', reference: `prices@${version}` }),
  );
  const editor = times.flatMap((time): Operation[] => [
    { kind: 'editModel', model: 'prices', options: { labels: { [`time-${time}`]: 'edited' } } },
    { kind: 'editVersion', reference: 'prices@kept', description: `time ${time}` },
  ]);
  const harsh = times.map((): Operation => ({ kind: 'collectGarbage', graceMs: 0 }));
  const gentle = times.map((): Operation => ({ kind: 'collectGarbage', graceMs: 3_600_000 }));
  return [reader, taker, deleter, editor, harsh, gentle];
}

/** What may come of an operation while others are at work, and some delete what it is about. */
function mayEnd({ operation, outcome: { code, value } }: Deed): boolean {
  const isKept = 'reference' in operation && operation.reference === 'prices@kept';
  switch (operation.kind) {
    case 'verifyVersion':
      return code === 'done' ? (value as Verification).ok : !isKept && code === 'not-found';
    case 'showVersion':
    case 'takeOut':
      return code === 'done' || (!isKept && code === 'not-found');
    case 'verifyModel':
      return code === 'done' && (value as Verification[]).every(({ ok }) => ok);
    case 'listVersions':
      return code === 'done' && (value as VersionSummary[]).every(({ problem }) => problem === undefined);
    case 'collectGarbage':
      return (
        code === 'done' &&
        (value as CollectionReport).models.every(({ skipped = 'locked' }) => /locked/.test(skipped))
      );
    default:
      return code === 'done';
  }
}

test('eight processes add versions while others read, take out, delete, edit and collect garbage', async () => {
  const workshop = await bareWorkshop();
  for (const version of ['kept', ...OLD]) {
    const path = join(workshop.folder, 'sources', version);
    writeFiles(path, {
      'weights.bin': pseudoRandomBytes(version, 1_200_000),
      'shared.bin': pseudoRandomBytes('round 0', 1_500_000),
    });
    await addVersion(workshop, version, path);
  }
  const deeds = await workTogether(workshop, [
    ...PROCESSES.map((worker) => adder(workshop, worker)),
    ...others(workshop),
  ]);

  expect(unexpected(deeds, mayEnd)).toEqual([]);
  const kept = PROCESSES.flatMap((worker) =>
    ROUNDS.filter((round) => round % 2 === 1).map((round) => `w${worker}-r${round}`),
  );
  await expectVersions(workshop, ['kept', ...kept].sort());
  const { labels } = await showModel(workshop.registry, 'prices');
  expect(Object.keys(labels)).toHaveLength(6);
});

/** These versions and no others are there, whole; a last collection leaves nothing but them. */
async function expectVersions({ path, folder: place }: Workshop, names: readonly string[]): Promise<void> {
  const gitDir = repositoryOf(path, 'prices');
  const checkAll = async () => {
    const { prices } = await soundRegistry(path);
    expect(Object.keys(prices!.versions)).toEqual(names);
    const refs = git(gitDir, ['for-each-ref', '--format=%(refname:strip=2)', 'refs/tags']).toString();
    expect(refs.split('\n').slice(0, -1)).toEqual(names);
    const registry = await openRegistry(path, testEnvironment());
    expect(await showModel(registry, 'prices')).toMatchObject({ versions: names.length });
  };
  await checkAll();
  expect(await perform(path, { kind: 'collectGarbage', graceMs: 0 })).toMatchObject({ code: 'done' });
  await checkAll();
  expect(leftoversIn(place)).toEqual([]);
}

test('of eight processes that add versions half are killed, and the others do not wait for the dead', async () => {
  const workshop = await bareWorkshop();
  const lists = PROCESSES.map((worker) => ROUNDS.map((round) => adding(workshop, worker, round)));
  const doomed = PROCESSES.slice(4);
  // Each at another step of one of the first rounds.
  const strikes = new Map(
    doomed.map((worker, index) => [worker, { call: 10 + index * 37, moment: 'after', how: 'kill' } as const]),
  );
  const deeds = await workTogether(workshop, lists, { strikes });

  expect(unexpected(deeds, ({ outcome }) => outcome.code === 'done')).toEqual([]);
  const added = deeds.flatMap(({ operation }) =>
    operation.kind === 'createVersion' ? [operation.version] : [],
  );
  const there = Object.keys((await soundRegistry(workshop.path)).prices!.versions);
  expect(there).toEqual(expect.arrayContaining(added));
  // Those of the dead may be there although nobody was left to say so.
  const unsaid = there.filter((version) => !added.includes(version));
  expect(unsaid.filter((version) => !doomed.some((worker) => version.startsWith(`w${worker}-`)))).toEqual([]);
  await expectVersions(workshop, there);
});

test('what is deleted while it is read is not found, and never damaged', async () => {
  const workshop = await bareWorkshop();
  const versions = Array.from({ length: 12 }, (_, index) => `v${index + 10}`);
  for (const version of versions) {
    const path = join(workshop.folder, 'sources', version);
    writeFiles(path, { 'weights.bin': pseudoRandomBytes(version, 2_500_000) });
    await addVersion(workshop, version, path);
  }
  const reading = versions.flatMap((version): Operation[] => [
    { kind: 'verifyVersion', reference: `prices@${version}` },
    { kind: 'showVersion', reference: `prices@${version}` },
    { kind: 'listVersions', model: 'prices' },
    { kind: 'verifyModel', model: 'prices' },
  ]);
  const takingTo = (name: string) =>
    versions.map((version): Operation => {
      const destination = join(workshop.folder, `${name}-${version}`);
      return { kind: 'takeOut', reference: `prices@${version}`, destination, options: {} };
    });
  const deleting = versions.map(
    (version): Operation => ({ kind: 'deleteVersion', reference: `prices@${version}` }),
  );
  const deeds = await workTogether(workshop, [
    reading,
    reading.toReversed(),
    takingTo('out'),
    takingTo('back').toReversed(),
    deleting,
  ]);

  expect(unexpected(deeds, mayEnd)).toEqual([]);
  await expectVersions(workshop, []);
});

test('of four processes that add one version, one does', async () => {
  const workshop = await bareWorkshop();
  const same = PROCESSES.slice(4).map(
    (worker) =>
      [
        { ...adding(workshop, worker, 0), version: 'v1' },
        { ...adding(workshop, worker, 1), version: 'v2' },
      ] as Operation[],
  );
  const deeds = await workTogether(workshop, same);

  for (const version of ['v1', 'v2']) {
    const codes = deeds
      .filter(({ operation }) => 'version' in operation && operation.version === version)
      .map(({ outcome }) => outcome.code);
    expect(codes.sort()).toEqual(['done', 'exists', 'exists', 'exists']);
  }
  await expectVersions(workshop, ['v1', 'v2']);
});

test('of four processes that make one model, one does', async () => {
  const workshop = await bareWorkshop();
  const names = ['one', 'two', 'three'];
  const lists = PROCESSES.slice(4).map((worker) =>
    names.map((model): Operation => ({ kind: 'createModel', model, description: `by ${worker}` })),
  );
  const deeds = await workTogether(workshop, lists);

  for (const name of names) {
    const own = deeds.filter(({ operation }) => 'model' in operation && operation.model === name);
    expect(own.map(({ outcome }) => outcome.code).sort()).toEqual(['done', 'exists', 'exists', 'exists']);
    const winner = own.find(({ outcome }) => outcome.code === 'done')!.operation;
    expect(await showModel(workshop.registry, name)).toMatchObject({
      description: 'description' in winner && winner.description,
    });
  }
  expect(Object.keys(await soundRegistry(workshop.path))).toEqual([...names, 'prices'].sort());
  expect(leftoversIn(workshop.path)).toEqual([]);
});

test('four processes that seal the first versions of a model seal them under one key', async () => {
  const workshop = await bareWorkshop();
  const keyring = keyringBeside(workshop.path);
  const lists = PROCESSES.slice(4).map((worker) =>
    ROUNDS.map((round): Operation => {
      const path = join(workshop.folder, 'sources', `package-${worker}-${round}`);
      writePackage(path, linearPackage({ factor: worker, offset: round }));
      const options = sealing(path, keyring);
      return { kind: 'createVersion', model: 'prices', version: `w${worker}-r${round}`, options };
    }),
  );
  const deeds = await workTogether(workshop, lists);

  expect(unexpected(deeds, ({ outcome }) => outcome.code === 'done')).toEqual([]);
  const [domain, ...others] = await listAccess(workshop.registry, 'prices', { keyring });
  expect(others).toEqual([]);
  expect(domain).toMatchObject({ current: true, slots: [{ keys: [expect.stringMatching(/^prices-/)] }] });
  expect(domain!.versions).toHaveLength(lists.flat().length);
  expect(readdirSync(keyring.folder)).toHaveLength(1);
  await soundRegistry(workshop.path);
});

test('models come, go and change their names while versions are added to them', async () => {
  const workshop = await bareWorkshop();
  const rounds = Array.from({ length: 8 }, (_, index) => index);
  const add = (worker: number) => rounds.map((round) => withModel(adding(workshop, worker, round)));
  const lists: Operation[][] = [
    ...[0, 1, 2].map(add),
    rounds.map((): Operation => ({ kind: 'deleteModel', model: 'prices' })),
    rounds.map((): Operation => ({ kind: 'createModel', model: 'prices', description: 'made' })),
    rounds.map((round): Operation => ({ kind: 'renameModel', model: 'prices', to: `prices-${round}` })),
    rounds.flatMap((): Operation[] => [{ kind: 'listModels' }, { kind: 'collectGarbage', graceMs: 0 }]),
    rounds.map(
      (round): Operation => ({
        kind: 'editModel',
        model: 'prices',
        options: { labels: { round: `${round}` } },
      }),
    ),
  ];
  const deeds = await workTogether(workshop, lists);

  const mayFail: Readonly<Record<string, readonly string[]>> = {
    createVersion: ['not-found'],
    deleteModel: ['not-found'],
    createModel: ['exists'],
    renameModel: ['not-found'],
    editModel: ['not-found'],
  };
  const isExpected = ({ operation, outcome: { code } }: Deed) =>
    code === 'done' || (mayFail[operation.kind]?.includes(code) ?? false);
  expect(unexpected(deeds, isExpected)).toEqual([]);
  await soundRegistry(workshop.path);
  expect(await perform(workshop.path, { kind: 'collectGarbage', graceMs: 0 })).toMatchObject({
    code: 'done',
  });
  await soundRegistry(workshop.path);
  expect(leftoversIn(workshop.path)).toEqual([]);
});

/** The same, and makes the model when it is not there. */
function withModel(operation: Operation): Operation {
  return operation.kind === 'createVersion'
    ? { ...operation, options: { ...operation.options, createModel: true } }
    : operation;
}

test('of eighty labels that eight processes set, none is lost', async () => {
  const workshop = await bareWorkshop();
  const labels = PROCESSES.map((worker) => Array.from({ length: 10 }, (_, index) => `w${worker}-${index}`));
  const lists = labels.map((own) =>
    own.map(
      (label): Operation => ({ kind: 'editModel', model: 'prices', options: { labels: { [label]: 'set' } } }),
    ),
  );
  const deeds = await workTogether(workshop, lists);

  expect(unexpected(deeds, ({ outcome }) => outcome.code === 'done')).toEqual([]);
  const { prices } = await soundRegistry(workshop.path);
  expect(Object.keys(prices!.labels)).toEqual(labels.flat().sort());
  expect(git(repositoryOf(workshop.path, 'prices'), ['rev-list', '--count', 'main']).toString()).toBe('81\n');
  expect(leftoversIn(workshop.path)).toEqual([]);
});

test('versions are added while Git packs the repository over and over', async () => {
  const workshop = await bareWorkshop();
  const gitDir = repositoryOf(workshop.path, 'prices');
  const lists = PROCESSES.slice(6).map((worker) =>
    Array.from({ length: 10 }, (_, round): Operation[] => [
      adding(workshop, worker, round),
      { kind: 'editModel', model: 'prices', options: { labels: { [`w${worker}-r${round}`]: 'added' } } },
    ]).flat(),
  );
  let isOver = false;
  const packing = async () => {
    while (!isOver) {
      for (const args of [
        ['gc', '--quiet'],
        ['repack', '-adfq'],
        ['pack-refs', '--all'],
      ]) {
        const { stderr } = await runProgram('git', ['-C', gitDir, ...args]);
        // Git gives up on a ref that somebody else holds or has just moved.
        expect(stderr.split('\n').filter((line) => line !== '' && !/cannot lock ref/.test(line))).toEqual([]);
      }
    }
  };
  const working = workTogether(workshop, lists).finally(() => {
    isOver = true;
  });
  const [deeds] = await Promise.all([working, packing()]);

  expect(unexpected(deeds, ({ outcome }) => outcome.code === 'done')).toEqual([]);
  const names = deeds.flatMap(({ operation }) =>
    operation.kind === 'createVersion' ? [operation.version] : [],
  );
  await expectVersions(workshop, names.sort());
});
