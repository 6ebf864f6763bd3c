import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  listModels,
  listVersions,
  openPackage,
  openRegistry,
  type Registry,
  showModel,
  type VersionSummary,
  verifyRegistry,
} from '@cairn/core';
import { fsckStrict, git } from '@cairn/testkit';
import { expect } from 'vitest';
import { testEnvironment } from './operations.ts';
import { keyringBeside } from './registries.ts';

/** All that a registry says of its models and versions, but for times and ids. */
export type RegistryState = Readonly<Record<string, ModelState>>;

export interface ModelState {
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly aliases: Readonly<Record<string, string>>;
  readonly card: string;
  readonly versions: Readonly<Record<string, VersionState>>;
}

/** What a version says, apart from when it was made. */
export interface VersionState {
  /** Of the tree that holds all its files, as Git reads it; of a sealed version what stands for its contents. */
  readonly files: string;
  readonly description: string;
  readonly aliases: readonly string[];
}

/** Checks that every version of every model verifies and that Git finds no fault, and gives what is there. */
export async function soundRegistry(path: string): Promise<RegistryState> {
  const registry = await openRegistry(path, testEnvironment());
  const verified = await verifyRegistry(registry);
  expect(verified.filter(({ ok }) => !ok)).toEqual([]);
  const state: Record<string, ModelState> = {};
  for (const { name } of await listModels(registry)) {
    const gitDir = join(path, 'models', `${name}.git`);
    fsckStrict(gitDir);
    const { description, labels, aliases, card } = await showModel(registry, name);
    const summaries = await listVersions(registry, name);
    const versions = versionStates(gitDir, summaries, await sealedContents(registry, name, summaries));
    state[name] = { description, labels, aliases, card, versions };
  }
  return state;
}

/** Nothing is sealed twice in the same way, so that sealed versions are known by what is in them. */
async function sealedContents(
  registry: Registry,
  model: string,
  summaries: readonly VersionSummary[],
): Promise<ReadonlyMap<string, string>> {
  const contents = new Map<string, string>();
  for (const { version, type } of summaries) {
    if (type !== 'packaged-encrypted') continue;
    const unlock = { keyring: keyringBeside(registry.path) };
    await using opened = await openPackage(registry, { model, version }, { unlock });
    const hash = createHash('sha256');
    for (const { path, size } of opened.files) {
      hash.update(`${path} ${size}\n`);
      for await (const chunk of opened.stream(path)) hash.update(chunk);
    }
    contents.set(version, hash.digest('hex'));
  }
  return contents;
}

function versionStates(
  gitDir: string,
  summaries: readonly VersionSummary[],
  sealed: ReadonlyMap<string, string>,
): ModelState['versions'] {
  const sorted = summaries.toSorted((one, other) => (one.version < other.version ? -1 : 1));
  const names = sorted.map(({ version }) => `refs/tags/${version}^{commit}:files\n`).join('');
  const trees = git(gitDir, ['cat-file', '--batch-check=%(objectname)'], names).toString().split('\n');
  return Object.fromEntries(
    sorted.map(({ version, description, aliases }, index) => [
      version,
      { files: sealed.get(version) ?? trees[index]!, description, aliases },
    ]),
  );
}

/** What only a process that was cut short leaves: temporary files, locks, leases, models half made or deleted. */
export function leftoversIn(path: string): string[] {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter(({ name, parentPath }) => {
      const isLease = parentPath.endsWith(join('cairn', 'leases'));
      const isTrash = parentPath.endsWith(join('.cairn', 'trash'));
      return isLease || isTrash || /^\.?tmp[_-]|\.lock$|\.tmp$|\.keep$/.test(name);
    })
    .map(({ name, parentPath }) => relative(path, join(parentPath, name)))
    .sort();
}

/** Every file below a folder, with its content and whether it can be run; null when the folder is not there. */
export function filesBelow(folder: string): Record<string, string> | null {
  if (!existsSync(folder)) return null;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory(),
  );
  const described = files.map(({ parentPath, name }): [string, string] => {
    const path = join(parentPath, name);
    const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
    return [relative(folder, path), `${digest} ${lstatSync(path).mode & 0o100 ? 'x' : '-'}`];
  });
  return Object.fromEntries(described.sort(([one], [other]) => (one < other ? -1 : 1)));
}
