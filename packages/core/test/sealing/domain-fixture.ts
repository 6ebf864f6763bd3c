import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openRepository } from '@cairn/store';
import { gitText } from '@cairn/testkit';
import { onTestFinished } from 'vitest';
import { createModel, type Encryption, type Keyring, type Registry } from '../../src/index.ts';
import { domainToSeal, type SealingDomain } from '../../src/sealing/domain.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';

/** A registry with an empty model `net`, and a keyring beside it. */
export interface DomainFixture extends RegistryFixture {
  readonly keyring: Keyring;
}

export async function domainFixture(): Promise<DomainFixture> {
  const fixture = await registryFixture();
  onTestFinished(() => fixture[Symbol.dispose]());
  await createModel(fixture.registry, 'net');
  return Object.assign(fixture, { keyring: { folder: join(fixture.work, 'keys') } });
}

/** The domain that a version of `net` would be sealed under now. It and the repository are closed with the test. */
export async function sealing(registry: Registry, encryption: Encryption): Promise<SealingDomain> {
  const repository = openRepository(join(registry.path, 'models/net.git'));
  onTestFinished(() => repository.close());
  const opened = await domainToSeal(repository, registry, { model: 'net', encryption });
  onTestFinished(() => opened.domain.close());
  return opened;
}

/** Names of the key files. */
export function keysIn({ folder }: Keyring): string[] {
  return readdirSync(folder, { withFileTypes: true }).map(({ name }) => name);
}

/** A file of `main` as text. */
export function onMain({ gitDir }: RegistryFixture, path: string): string {
  return gitText(gitDir('net'), 'show', `main:${path}`);
}

/** Paths on `main`. */
export function pathsOnMain({ gitDir }: RegistryFixture): string[] {
  return gitText(gitDir('net'), 'ls-tree', '-r', '--name-only', 'main').split('\n');
}

/** First lines of the commits of `main`, the newest first. */
export function logOfMain({ gitDir }: RegistryFixture): string[] {
  return gitText(gitDir('net'), 'log', '--format=%s', 'main').split('\n');
}

/** A small package beside the registry, as the sources of a version. */
export function packageIn(fixture: DomainFixture) {
  const manifest = JSON.stringify({ models: [{ name: 'net', version: '1', framework: 'pytorch' }] });
  fixture.write({
    'package/hooks/load.py': 'def load(*args, **kwargs): return 1\n',
    'package/hooks/predict.py': 'def predict(*args, **kwargs): return 2\n',
    'package/manifest.json': manifest,
    'package/models/weights.bin': 'rosebud',
  });
  return { sources: [{ path: `${fixture.work}/package` }] };
}
