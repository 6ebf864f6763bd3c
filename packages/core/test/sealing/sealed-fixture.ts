import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource, openContainerFile } from '@cairn/crypto';
import { pseudoRandomBytes } from '@cairn/testkit';
import {
  type CreateVersionOptions,
  createVersion,
  deleteVersion,
  exportContainer,
  importContainer,
  type Unlock,
} from '../../src/index.ts';
import { type RegistryFixture, registryFixture, writeFiles } from '../registry-fixture.ts';

/** A key that no keyring holds. */
export const KEY = new Uint8Array(32).fill(7);

export const UNLOCK: Unlock = { secret: { kind: 'key', key: KEY } };

/** What opens nothing. */
export const ANOTHER: Unlock = { secret: { kind: 'key', key: new Uint8Array(32).fill(8) } };

export const MANIFEST = JSON.stringify({
  models: [{ name: 'net', version: '1', framework: 'pytorch' }],
});

/** Bytes of a sealed segment, as they are written. */
export const SEGMENT = 1024 * 1024;

/** A package with files below a segment, of one, and of several; by path. */
export const PACKAGE: Readonly<Record<string, Uint8Array>> = {
  'hooks/load.py': Buffer.from('def load(*args, **kwargs): return "rosebud"\n'),
  'hooks/predict.py': Buffer.from('def predict(*args, **kwargs): return kwargs["inputs"]\n'),
  'manifest.json': Buffer.from(MANIFEST),
  'models/config.json': Buffer.from('{"layers": 3, "secret": "rosebud"}\n'),
  'models/deep/er/one.bin': pseudoRandomBytes(1, SEGMENT),
  'models/empty': new Uint8Array(),
  'models/weights.bin': pseudoRandomBytes(2, 3 * SEGMENT + 4321),
};

/** Writes a package beside the registry, and gives the options that make a version of it. */
export function packageOptions(
  fixture: RegistryFixture,
  name: string,
  files: Readonly<Record<string, Uint8Array>> = PACKAGE,
): Pick<CreateVersionOptions, 'sources'> {
  const folder = join(fixture.work, name);
  writeFiles(folder, files);
  return { sources: [{ path: folder }] };
}

/** A registry with the package sealed as `net@v1`. */
export async function sealedRegistry(
  files: Readonly<Record<string, Uint8Array>> = PACKAGE,
): Promise<RegistryFixture> {
  const fixture = await registryFixture();
  await sealVersion(fixture, 'v1', files);
  return fixture;
}

export function sealVersion(
  fixture: RegistryFixture,
  version: string,
  files: Readonly<Record<string, Uint8Array>> = PACKAGE,
  options: Partial<CreateVersionOptions> = {},
) {
  return createVersion(
    fixture.registry,
    { model: 'net', version },
    {
      ...packageOptions(fixture, `package-${version}`, files),
      type: 'packaged-encrypted',
      encryption: { kind: 'key', key: KEY },
      createModel: true,
      ...options,
    },
  );
}

/** The bytes of `net@v1` as a `.cairn` file. */
export async function containerBytes({ registry, work }: RegistryFixture): Promise<Buffer> {
  const file = join(work, `${randomBytes(6).toString('hex')}.cairn`);
  await exportContainer(registry, 'net@v1', file);
  return readFileSync(file);
}

/** Puts another container in the place of `net@v1`, in which Git finds nothing wrong. */
export async function replaceVersion({ registry, work }: RegistryFixture, bytes: Uint8Array): Promise<void> {
  const file = join(work, `${randomBytes(6).toString('hex')}.cairn`);
  writeFileSync(file, bytes);
  await deleteVersion(registry, 'net@v1');
  await importContainer(registry, file);
}

/** Flips a bit in the sealed bytes of the first object of at least a size, and keeps Git from noticing. */
export async function damageObject(
  fixture: RegistryFixture,
  { sizeFrom, at }: { readonly sizeFrom: number; readonly at: number },
): Promise<void> {
  const bytes = await containerBytes(fixture);
  const { objects } = await openContainerFile(memorySource(bytes));
  const sizes = [...objects.values()].map(({ size }) => size);
  const index = sizes.findIndex((size) => size >= sizeFrom);
  const start = bytes.length - sizes.slice(index).reduce((sum, size) => sum + size, 0);
  bytes[start + HEADER + at]! ^= 1;
  await replaceVersion(fixture, bytes);
}

/** Bytes before the first segment of a sealed object. */
const HEADER = 56;
