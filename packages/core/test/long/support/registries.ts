import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type CreateVersionOptions,
  createModel,
  createVersion,
  editVersion,
  type Keyring,
  openRegistry,
  type Registry,
  rotateDomain,
} from '@cairn/core';
import { bf16Weights, git, linearPackage, pseudoRandomBytes, safetensorsFile } from '@cairn/testkit';
import { testEnvironment } from './operations.ts';

const TEMPLATE = join(import.meta.dirname, '../../../../../registry-template');

/** A registry that is kept as it is, and what its versions were made of. */
export interface Workshop {
  readonly folder: string;
  /** Of the registry. */
  readonly path: string;
  readonly registry: Registry;
  /** Path of a folder of files; see {@link writeSources}. */
  source(name: SourceName): string;
}

export type SourceName =
  | 'first'
  | 'second'
  | 'third'
  | 'small'
  | 'large'
  | 'package'
  | 'nextPackage'
  | 'largePackage';

/** A new registry without models. */
export async function emptyRegistry(folder: string): Promise<Workshop> {
  const path = join(folder, 'registry');
  cpSync(TEMPLATE, path, { recursive: true });
  writeSources(join(folder, 'sources'));
  const registry = await openRegistry(path, testEnvironment());
  return { folder, path, registry, source: (name) => join(folder, 'sources', name) };
}

/**
 * A registry with the model `prices`, whose versions v1 and v2 share most of their weights, with notes on both and the
 * alias `prod` for v1.
 */
async function filledRegistry(folder: string): Promise<Workshop> {
  const workshop = await emptyRegistry(folder);
  const { registry, source } = workshop;
  await createModel(registry, 'prices', { description: 'Next-day prices', labels: { task: 'regression' } });
  await addVersion(workshop, 'v1', source('first'));
  await addVersion(workshop, 'v2', source('second'));
  await editVersion(registry, 'prices@v1', { description: 'Beats the baseline' });
  await editVersion(registry, 'prices@v2', { description: 'Beats the first' });
  setAlias(workshop, 'prod', 'v1');
  return workshop;
}

/**
 * The same with all kinds of garbage: a version whose tag has gone, and another of which parts live on in v4, so that
 * their packs are to be dropped and to be written anew.
 */
async function litteredRegistry(folder: string): Promise<Workshop> {
  const workshop = await filledRegistry(folder);
  const mixed = join(folder, 'sources', 'mixed');
  writeFiles(mixed, {
    'lives.bin': pseudoRandomBytes('lives', 700_000),
    'dies.bin': pseudoRandomBytes('dies', 700_000),
  });
  await addVersion(workshop, 'v3', mixed);
  await addVersion(workshop, 'v4', join(mixed, 'lives.bin'));
  await addVersion(workshop, 'v5', workshop.source('third'));
  const gitDir = repositoryOf(workshop.path, 'prices');
  for (const version of ['v3', 'v5']) git(gitDir, ['update-ref', '-d', `refs/tags/${version}`]);
  return workshop;
}

/** The same with so many small packs that the next version rolls them up. */
async function manyPacksRegistry(folder: string): Promise<Workshop> {
  const workshop = await filledRegistry(folder);
  for (let number = 10; packsOf(workshop) < 20; number++) {
    const path = join(folder, 'sources', `v${number}`);
    writeFiles(path, { 'only.txt': `version ${number}\n` });
    await addVersion(workshop, `v${number}`, path);
  }
  return workshop;
}

function packsOf({ path }: Workshop): number {
  const folder = join(repositoryOf(path, 'prices'), 'objects', 'pack');
  return readdirSync(folder).filter((name) => name.endsWith('.idx')).length;
}

/** A registry with 100 small versions, whose refs have a file each, so that the next one packs them. */
async function manyRefsRegistry(folder: string): Promise<Workshop> {
  const workshop = await bareRegistry(folder);
  for (let number = 100; number < 200; number++) {
    await addVersion(workshop, `v${number}`, workshop.source('small'));
  }
  return workshop;
}

/** A registry with a model that has no versions. */
async function bareRegistry(folder: string): Promise<Workshop> {
  const workshop = await emptyRegistry(folder);
  await createModel(workshop.registry, 'prices');
  return workshop;
}

/** A registry with a version that is taken out in threads. */
async function largeRegistry(folder: string): Promise<Workshop> {
  const workshop = await bareRegistry(folder);
  await addVersion(workshop, 'v2', workshop.source('large'));
  return workshop;
}

/** A registry with a sealed version, whose key is beside it. */
async function sealedRegistry(folder: string): Promise<Workshop> {
  const workshop = await bareRegistry(folder);
  const { registry, source } = workshop;
  const options = sealing(source('package'), keyringBeside(workshop.path));
  await createVersion(registry, { model: 'prices', version: 'v1' }, options);
  return workshop;
}

/** The same with another that shares segments with it, and a new key domain that neither is in. */
async function rotatedRegistry(folder: string): Promise<Workshop> {
  const workshop = await sealedRegistry(folder);
  const { registry, source } = workshop;
  const keyring = keyringBeside(workshop.path);
  const options = sealing(source('nextPackage'), keyring);
  await createVersion(registry, { model: 'prices', version: 'v2' }, options);
  await rotateDomain(registry, 'prices', { encryption: { kind: 'auto', keyring } });
  return workshop;
}

/** What seals a package, as it crosses from one process to another. */
export function sealing(path: string, keyring: Keyring): Omit<CreateVersionOptions, 'signal' | 'onProgress'> {
  return { sources: [{ path }], type: 'packaged-encrypted', encryption: { kind: 'auto', keyring } };
}

/** Where the keys of a registry of the tests are. */
export function keyringBeside(registryPath: string): Keyring {
  return { folder: join(registryPath, '..', 'keys') };
}

/** All of them, by what they are good for. */
export const REGISTRIES = {
  bare: bareRegistry,
  filled: filledRegistry,
  littered: litteredRegistry,
  large: largeRegistry,
  manyPacks: manyPacksRegistry,
  manyRefs: manyRefsRegistry,
  sealed: sealedRegistry,
  rotated: rotatedRegistry,
} as const;

/** Workshops in a folder of their own, each made when it is asked for first. */
export function workshops(folder: string): (name: keyof typeof REGISTRIES) => Promise<Workshop> {
  const made = new Map<string, Promise<Workshop>>();
  return (name) => {
    const workshop = made.get(name) ?? REGISTRIES[name](join(folder, name));
    made.set(name, workshop);
    return workshop;
  };
}

export function addVersion({ registry }: Workshop, version: string, path: string): Promise<unknown> {
  return createVersion(registry, { model: 'prices', version }, { sources: [{ path }] });
}

export function repositoryOf(registryPath: string, model: string): string {
  return join(registryPath, 'models', `${model}.git`);
}

function setAlias({ path }: Workshop, alias: string, version: string): void {
  const gitDir = repositoryOf(path, 'prices');
  const document = JSON.parse(git(gitDir, ['show', 'main:model.json']).toString());
  const changed = JSON.stringify({ ...document, aliases: { [alias]: version } }, null, 2);
  const blob = git(gitDir, ['hash-object', '-w', '--stdin'], `${changed}\n`).toString().trim();
  const entries = git(gitDir, ['ls-tree', 'main']).toString();
  const tree = git(gitDir, ['mktree'], entries.replace(/[0-9a-f]{40}(?=\tmodel\.json)/, blob))
    .toString()
    .trim();
  const commit = git(gitDir, ['commit-tree', tree, '-p', 'main', '-m', 'Set an alias']).toString().trim();
  git(gitDir, ['update-ref', 'refs/heads/main', commit]);
}

function writeSources(folder: string): void {
  const sources: Record<SourceName, Readonly<Record<string, string | Uint8Array>>> = {
    first: { 'config.json': '{"layers": 8}\n', 'weights.safetensors': weights(['a', 'b', 'c', 'd']) },
    second: {
      'config.json': '{"layers": 8}\n',
      'weights.safetensors': weights(['a', 'b', 'c', 'D']),
      'scripts/run.sh': '#!/bin/sh\n',
    },
    third: {
      'config.json': '{"layers": 9}\n',
      'weights.safetensors': weights(['a', 'B', 'c', 'D']),
      'tokens.txt': 'one two three\n'.repeat(1000),
    },
    small: { 'config.json': '{"layers": 1}\n', 'deep/er/notes.txt': 'nothing yet\n' },
    large: { 'config.json': '{"layers": 80}\n', 'weights.bin': pseudoRandomBytes('large', 26 * 1024 * 1024) },
    package: { ...linearPackage(), 'models/weights.bin': pseudoRandomBytes('package', PACKAGE_SIZE) },
    nextPackage: { ...linearPackage({ factor: 3 }), 'models/weights.bin': nextWeights() },
    largePackage: { ...linearPackage(), 'models/weights.bin': pseudoRandomBytes('large', 26 * 1024 * 1024) },
  };
  for (const [name, files] of Object.entries(sources)) writeFiles(join(folder, name), files);
  chmodSync(join(folder, 'second', 'scripts', 'run.sh'), 0o755);
}

/** Three segments that are sealed, and a bit. */
const PACKAGE_SIZE = 3 * 1024 * 1024 + 17;

/** The same but for one segment. */
function nextWeights(): Buffer {
  const weights = Buffer.from(pseudoRandomBytes('package', PACKAGE_SIZE));
  weights.write('changed', 1024 * 1024);
  return weights;
}

/** Four tensors of 300 KiB, in which each letter stands for its content. */
function weights(contents: readonly string[]): Buffer {
  const tensors = contents.map((content, index) => ({
    name: `layer.${index}`,
    dtype: 'BF16',
    shape: [150, 1024],
    bytes: bf16Weights(content, 150 * 1024),
  }));
  return safetensorsFile(tensors).bytes;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}
