import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gitText, type TensorSpec } from '@cairn/testkit';
import { expect } from 'vitest';
import { type Amount, createModel, createVersion } from '../../src/index.ts';
import { expectTakenOut } from '../oracle/read-back.ts';
import { type RegistryFixture, registryFixture, writeFiles } from '../registry-fixture.ts';

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** Rows of a thousand numbers of two bytes. */
export function tensor(name: string, rows: number, bytes?: Uint8Array): TensorSpec {
  const shape = [rows, KIB];
  return bytes === undefined ? { name, dtype: 'F16', shape } : { name, dtype: 'F16', shape, bytes };
}

/** Of an odd number of bytes, so that nothing behind it stays where it was by chance. */
export const LAYERS: readonly TensorSpec[] = [
  tensor('embed.weight', 550),
  { name: 'embed.bias', dtype: 'F16', shape: [77] },
  tensor('layer.0.weight', 300),
  tensor('layer.1.weight', 650),
  { name: 'norm.weight', dtype: 'F32', shape: [1024] },
  tensor('layer.2.weight', 200),
  tensor('head.weight', 512),
];

/** The tensors with one of them replaced. */
export function withTensor(tensors: readonly TensorSpec[], changed: TensorSpec): TensorSpec[] {
  return tensors.map((each) => (each.name === changed.name ? changed : each));
}

/** Files of one version by their paths. */
export type Files = Readonly<Record<string, Buffer>>;

/** A registry with one model, into which versions are put one after the other. */
export interface Workbench extends Disposable {
  readonly fixture: RegistryFixture;
  readonly gitDir: string;
  /** Stores files as the next version, checks that they come out as they went in, and says what was new. */
  store(files: Files): Promise<Amount>;
  /** Names of the parts of a file of the newest version. */
  partNames(folder: string): string[];
  /** Bytes of all packs. */
  packBytes(): number;
}

export async function workbench(): Promise<Workbench> {
  const fixture = await registryFixture();
  await createModel(fixture.registry, 'm');
  const gitDir = fixture.gitDir('m');
  let count = 0;
  return {
    fixture,
    gitDir,
    store: async (files) => {
      count += 1;
      const source = join(fixture.work, `v${count}`);
      writeFiles(source, files);
      const target = { model: 'm', version: `v${count}` };
      const { stored } = await createVersion(fixture.registry, target, { sources: [{ path: source }] });
      const known = Object.entries(files).map(([path, bytes]) => [path, { bytes }]);
      const version = { name: target.version, description: '', files: Object.fromEntries(known) };
      await expectTakenOut(fixture.registry, `m@${target.version}`, version);
      return stored;
    },
    partNames: (folder) => gitText(gitDir, 'ls-tree', '--name-only', `v${count}:files/${folder}`).split('\n'),
    packBytes: () => {
      const folder = join(gitDir, 'objects/pack');
      const packs = readdirSync(folder).filter((name) => name.endsWith('.pack'));
      return packs.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    },
    [Symbol.dispose]: () => fixture[Symbol.dispose](),
  };
}

/** Room for a header, for the frames of an archive and for the tables at its end. */
const OVERHEAD = 16 * KIB;

/** What is stored comes down to the tensor that changed: under 1.02 of it, and a header. */
export function expectAbout(stored: Amount, tensorBytes: number): void {
  expect(stored.bytes).toBeLessThan(1.02 * tensorBytes + OVERHEAD);
}
