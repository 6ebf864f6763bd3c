import { chmodSync, cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createVersion, listAccess, openRegistry } from '@cairn/core';
import type { TracedCall } from '@cairn/testkit/faults/faults.js';
import { expect } from 'vitest';
import { filesSeen, found, objectsSeen } from '../../sealing/seen-from-outside.ts';
import { type Operation, testEnvironment } from './operations.ts';
import {
  keyringBeside,
  type REGISTRIES,
  repositoryOf,
  type SourceName,
  sealing,
  type Workshop,
  writeFiles,
} from './registries.ts';
import type { Course, Site, SiteState } from './sites.ts';

/** Something that is done to a registry, while something goes wrong. */
export interface Trial {
  readonly registry: keyof typeof REGISTRIES;
  readonly operation: (site: Site, workshop: Workshop) => Operation;
  /** What is there before, besides the copy of the registry. */
  readonly prepare?: (site: Site, workshop: Workshop) => void;
  /** What the same operation says once it has been done. */
  readonly onceDone: 'done' | 'exists' | 'not-found';
  /** Whether a state is sound that is neither the one before nor the one after. */
  readonly isBetween?: (state: SiteState, course: Course) => boolean;
  /** What must hold wherever the operation was cut short. */
  readonly holdsAlways?: (site: Site, workshop: Workshop) => void;
  /** What else must hold in the end. */
  readonly afterwards?: (site: Site, workshop: Workshop) => Promise<void>;
  /** What the undisturbed run must do, so that the trial is about what it says. */
  readonly includes?: (trace: readonly TracedCall[]) => boolean;
  /** The work is shared by threads, so that no two runs are alike. */
  readonly threaded?: boolean;
  /** How many points it is killed at, and how many disk faults it meets, at most. */
  readonly killsMax: number;
  readonly faultsMax: number;
}

/** One of so many of the points of a trial is tried in a run of all suites, which has to end in some minutes. */
const SHARE = 4;

/** Fewer kills would say little, above all where threads share the work and not every point is reached. */
export const KILLS_MIN = 10;

/**
 * How many points of a trial are tried: `CAIRN_TEST_POINTS=many` tries all that it names, `all` whatever there are.
 *
 * @param fewest tried in any case, where there are as many
 */
export function pointsAtMost(many: number, fewest = 1): number {
  const wanted = process.env.CAIRN_TEST_POINTS;
  if (wanted === 'all') return Number.POSITIVE_INFINITY;
  return wanted === 'many' ? many : Math.max(Math.min(many, fewest), Math.ceil(many / SHARE));
}

/** Every operation that changes something, by what it does. */
export const TRIALS: Readonly<Record<string, Trial>> = {
  'adds a version of small files': { ...adding('small'), registry: 'filled', killsMax: 120, faultsMax: 40 },
  'adds a version that shares parts with older ones': {
    ...adding('third'),
    registry: 'filled',
    killsMax: 30,
    faultsMax: 20,
  },
  'adds a large version in threads': {
    ...adding('large'),
    registry: 'bare',
    includes: (trace) => opened(trace, /tmp_pack_/) > 1,
    threaded: true,
    killsMax: 24,
    faultsMax: 12,
  },
  'adds a version and rolls up small packs': {
    ...adding('small'),
    registry: 'manyPacks',
    includes: (trace) => touches(trace, /roll-up\.lock$/),
    killsMax: 36,
    faultsMax: 16,
  },
  'adds a version and packs all refs': {
    ...adding('small'),
    registry: 'manyRefs',
    includes: (trace) => touches(trace, /packed-refs$/),
    killsMax: 20,
    faultsMax: 10,
  },
  'seals the first version of a model': {
    ...sealingOf('package'),
    registry: 'bare',
    killsMax: 60,
    faultsMax: 30,
  },
  'seals a version that shares segments with an older one': {
    ...sealingOf('nextPackage'),
    registry: 'sealed',
    killsMax: 40,
    faultsMax: 20,
  },
  'seals a large version in threads': {
    ...sealingOf('largePackage'),
    registry: 'sealed',
    includes: (trace) => opened(trace, /tmp_pack_/) > 1,
    threaded: true,
    killsMax: 16,
    faultsMax: 10,
  },
  'seals versions anew': {
    registry: 'rotated',
    operation: ({ registry }) => ({
      kind: 'resealVersions',
      model: 'prices',
      keyring: keyringBeside(registry),
    }),
    onceDone: 'done',
    prepare: copyKeys,
    holdsAlways: hidesPackages,
    afterwards: isAllResealed,
    killsMax: 60,
    faultsMax: 20,
  },
  'deletes a version': {
    registry: 'filled',
    operation: () => ({ kind: 'deleteVersion', reference: 'prices@v2' }),
    onceDone: 'not-found',
    afterwards: oldNoteIsForgotten,
    killsMax: 60,
    faultsMax: 20,
  },
  'collects garbage': {
    registry: 'littered',
    operation: () => ({ kind: 'collectGarbage', graceMs: 0 }),
    onceDone: 'done',
    killsMax: 80,
    faultsMax: 20,
  },
  'renames a version': {
    registry: 'filled',
    operation: () => ({ kind: 'renameVersion', reference: 'prices@v1', to: 'v1.0' }),
    onceDone: 'not-found',
    isBetween: hasBothNames,
    killsMax: 50,
    faultsMax: 20,
  },
  'describes a version': {
    registry: 'filled',
    operation: () => ({ kind: 'editVersion', reference: 'prices@v1', description: 'Beats everything' }),
    onceDone: 'done',
    killsMax: 30,
    faultsMax: 10,
  },
  'edits a model': {
    registry: 'filled',
    operation: () => ({
      kind: 'editModel',
      model: 'prices',
      options: { description: 'Prices', card: '# Prices\n', labels: { task: null, owner: 'team-a' } },
    }),
    onceDone: 'done',
    killsMax: 40,
    faultsMax: 16,
  },
  'makes a model': {
    registry: 'filled',
    operation: () => ({ kind: 'createModel', model: 'third', description: 'Made anew' }),
    onceDone: 'exists',
    killsMax: 40,
    faultsMax: 16,
  },
  'renames a model': {
    registry: 'filled',
    operation: () => ({ kind: 'renameModel', model: 'prices', to: 'costs' }),
    onceDone: 'not-found',
    killsMax: 40,
    faultsMax: 16,
  },
  'deletes a model': {
    registry: 'filled',
    operation: () => ({ kind: 'deleteModel', model: 'prices' }),
    onceDone: 'not-found',
    killsMax: 40,
    faultsMax: 10,
  },
  'takes a version out': { ...takingOut(false), registry: 'filled', killsMax: 45, faultsMax: 20 },
  'takes a large version out in threads': {
    ...takingOut(false),
    registry: 'large',
    includes: (trace) => touches(trace, /weights\.bin$/),
    threaded: true,
    killsMax: 12,
    faultsMax: 8,
  },
  'takes a version out over the files of another': {
    ...takingOut(true),
    registry: 'filled',
    prepare: ({ out }) =>
      writeFiles(out, { 'config.json': 'old\n', 'weights.safetensors': 'old\n', 'mine.txt': 'mine\n' }),
    isBetween: eachFileIsOldOrNew,
    killsMax: 45,
    faultsMax: 20,
  },
};

function adding(source: SourceName): Pick<Trial, 'operation' | 'onceDone'> {
  return {
    operation: (_, workshop) => ({
      kind: 'createVersion',
      model: 'prices',
      version: 'v3',
      options: { sources: [{ path: workshop.source(source) }], metrics: { mae: 2 } },
    }),
    onceDone: 'exists',
  };
}

function sealingOf(source: SourceName): Pick<Trial, 'operation' | 'onceDone' | 'prepare' | 'holdsAlways'> {
  return {
    operation: ({ registry }, workshop) => ({
      kind: 'createVersion',
      model: 'prices',
      version: 'v3',
      options: { ...sealing(workshop.source(source), keyringBeside(registry)), description: 'Sealed' },
    }),
    onceDone: 'exists',
    prepare: copyKeys,
    holdsAlways: hidesPackages,
  };
}

function copyKeys({ registry }: Site, { path }: Workshop): void {
  const keys = keyringBeside(path).folder;
  if (!existsSync(keys)) return;
  cpSync(keys, keyringBeside(registry).folder, { recursive: true });
  chmodSync(keyringBeside(registry).folder, 0o700);
}

/** Neither names nor contents of what is sealed are anywhere but in its sources. */
function hidesPackages({ folder, registry }: Site, { source }: Workshop): void {
  const seen = [...filesSeen(folder), ...objectsSeen(repositoryOf(registry, 'prices'))];
  const weights = readFileSync(join(source('package'), 'models/weights.bin'));
  const secrets = {
    name: 'weights.bin',
    hook: 'predict.py',
    code: readFileSync(join(source('package'), 'hooks/predict.py')).subarray(0, 24),
    weights: weights.subarray(0, 24),
    'more weights': weights.subarray(2 * 1024 * 1024 + 1, 2 * 1024 * 1024 + 25),
  };
  expect(found(seen, secrets)).toEqual([]);
}

async function isAllResealed({ registry: path }: Site): Promise<void> {
  const registry = await openRegistry(path, testEnvironment());
  const domains = await listAccess(registry, 'prices');
  const used = domains.filter(({ versions }) => versions.length > 0);
  expect(used.map(({ current, versions }) => ({ current, versions }))).toEqual([
    { current: true, versions: ['v2', 'v1'] },
  ]);
}

function takingOut(force: boolean): Pick<Trial, 'operation' | 'onceDone'> {
  return {
    operation: ({ out }) => ({
      kind: 'takeOut',
      reference: 'prices@v2',
      destination: out,
      options: { force },
    }),
    onceDone: 'done',
  };
}

function opened(trace: readonly TracedCall[], name: RegExp): number {
  return trace.filter((call) => call.name === 'openSync' && name.test(call.target)).length;
}

function touches(trace: readonly TracedCall[], name: RegExp): boolean {
  return trace.some(({ target }) => name.test(target));
}

/** What was said of a version that is gone is not said of another one of its name. */
async function oldNoteIsForgotten({ registry: path }: Site, workshop: Workshop): Promise<void> {
  const registry = await openRegistry(path, testEnvironment());
  const target = { model: 'prices', version: 'v2' };
  const sources = [{ path: workshop.source('small') }];
  const { version } = await createVersion(registry, target, { sources, description: 'Made anew' });
  expect(version.description).toBe('Made anew');
}

/** Both names stand for the version, and the alias for one of them: it was never without a name. */
function hasBothNames({ registry }: SiteState, { before }: Course): boolean {
  const versions = registry.prices?.versions ?? {};
  const files = before.registry.prices?.versions.v1?.files;
  const named = ['v1', 'v1.0'].filter((name) => versions[name]?.files === files);
  const aliased = Object.values(versions).filter(({ aliases }) => aliases.includes('prod'));
  return named.length === 2 && aliased.length === 1 && Object.keys(versions).length === 3;
}

/** And what is gathered for renaming lies apart from them. */
function eachFileIsOldOrNew({ registry, out }: SiteState, { before, after }: Course): boolean {
  const states = [before.out ?? {}, after.out ?? {}];
  const names = new Set([...states, out ?? {}].flatMap((files) => Object.keys(files)));
  const own = [...names].filter((name) => !/^\.cairn-[0-9a-f]{12}\.tmp/.test(name));
  const isSound = own.every((name) => states.some((files) => files[name] === out?.[name]));
  return isSound && isDeepStrictEqual(registry, after.registry);
}
