import { createHash } from 'node:crypto';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { expect } from 'vitest';
import {
  CairnError,
  type CairnErrorCode,
  type Environment,
  openRegistry,
  type Registry,
} from '../src/index.ts';

const TEMPLATE = join(import.meta.dirname, '../../../registry-template');

/** A registry in a folder of its own, with room beside it. */
export interface RegistryFixture extends Disposable {
  readonly registry: Registry;
  /** Free room beside the registry. */
  readonly work: string;
  /** What the registry takes for the time, which moves on by a second whenever it is asked for. */
  readonly clock: { at: number };
  /** The repository of a model. */
  gitDir(model: string): string;
  /** Writes files below the free room, with the folders above them, and gives the path of the first component. */
  write(files: Readonly<Record<string, string | Uint8Array>>): string;
}

export function registryFixture(): Promise<RegistryFixture> {
  return fixtureIn(temporaryFolder(), (path) =>
    cpSync(TEMPLATE, join(path, 'registry'), { recursive: true }),
  );
}

/** The same registry with the same files beside it, in another place: quicker than making it anew. */
export function copyOf(original: RegistryFixture): Promise<RegistryFixture> {
  const from = join(original.work, '..');
  return fixtureIn(
    temporaryFolder(),
    (path) => cpSync(from, path, { recursive: true, preserveTimestamps: true }),
    {
      at: original.clock.at,
    },
  );
}

async function fixtureIn(
  folder: ReturnType<typeof temporaryFolder>,
  fill: (path: string) => void,
  clock: { at: number } = { at: Date.UTC(2026, 0, 1) },
): Promise<RegistryFixture> {
  fill(folder.path);
  const work = join(folder.path, 'work');
  mkdirSync(work, { recursive: true });
  const registry = await openRegistry(join(folder.path, 'registry'), environment(clock));
  return {
    registry,
    work,
    clock,
    gitDir: (model) => join(registry.path, 'models', `${model}.git`),
    write: (files) => writeFiles(work, files),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

export function environment(clock: { at: number } = { at: Date.UTC(2026, 0, 1) }): Environment {
  return {
    identity: { name: 'Ada', email: 'ada@example.org' },
    now: () => {
      clock.at += 1000;
      return new Date(clock.at);
    },
    timezoneOffsetMinutes: () => 120,
  };
}

/** Writes files below a folder, and gives the path of the first component of the first of them. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return join(folder, Object.keys(files)[0]!.split('/')[0]!);
}

/** Every file below a folder with a digest of its content, by relative path. Links are not followed. */
export function filesBelow(folder: string): Record<string, string> {
  const found = pathsBelow(folder).sort();
  return Object.fromEntries(found.map((path) => [relative(folder, path), digestOf(path)]));
}

function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? pathsBelow(path) : [path];
  });
}

/** All that a registry holds: refs, objects, locks, leftovers. Only the cache, which may always change, is left out. */
export function stateOf({ path }: Registry): Record<string, string> {
  const files = Object.entries(filesBelow(path)).filter(
    ([name]) => !name.startsWith(join('.cairn', 'cache')),
  );
  return Object.fromEntries(files);
}

export interface ExpectedFailure {
  readonly code: CairnErrorCode;
  /** What the message must name. */
  readonly names: readonly (string | RegExp)[];
  /** What the hint must say; left out where there is no next step. */
  readonly hint?: RegExp;
}

/** Runs what must fail, and checks that the error says what it should. */
export async function expectFailure(
  operation: Promise<unknown>,
  expected: ExpectedFailure,
): Promise<CairnError> {
  const error = await failureOf(operation);
  expect({ code: error.code, message: error.message }).toEqual({
    code: expected.code,
    message: error.message,
  });
  for (const name of expected.names) expect(error.message).toMatch(name);
  if (expected.hint) expect(error.hint).toMatch(expected.hint);
  return error;
}

/** The same, and nothing in the registry may have changed. */
export async function expectRefusal(
  { registry }: Pick<RegistryFixture, 'registry'>,
  operation: () => Promise<unknown>,
  expected: ExpectedFailure,
): Promise<CairnError> {
  const before = stateOf(registry);
  const error = await expectFailure(operation(), expected);
  expect(stateOf(registry)).toEqual(before);
  return error;
}

async function failureOf(operation: Promise<unknown>): Promise<CairnError> {
  const outcome = await operation.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  if (outcome instanceof CairnError) return outcome;
  throw new Error('expected a CairnError', { cause: outcome });
}

function digestOf(path: string): string {
  const status = lstatSync(path);
  if (status.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  return status.isFile()
    ? createHash('sha256').update(readFileSync(path)).digest('hex')
    : 'neither file nor link';
}
