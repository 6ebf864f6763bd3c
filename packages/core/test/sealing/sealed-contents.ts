import { createHash } from 'node:crypto';
import { git } from '@cairn/testkit';
import { openPackage, type Unlock } from '../../src/index.ts';
import type { RegistryFixture } from '../registry-fixture.ts';
import { UNLOCK } from './sealed-fixture.ts';

/** What stands for the content of each file, by path. */
export type Digests = Readonly<Record<string, string>>;

export function digestsOf(files: Readonly<Record<string, Uint8Array>>): Digests {
  const digests = Object.entries(files).map(([path, bytes]): [string, string] => [path, sha256(bytes)]);
  return Object.fromEntries(digests.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Opens a sealed version, and reads all of it. */
export async function digestsIn(
  { registry }: RegistryFixture,
  reference: string,
  unlock: Unlock = UNLOCK,
): Promise<Digests> {
  await using opened = await openPackage(registry, reference, { unlock });
  const all: Record<string, string> = {};
  for (const { path } of opened.files) {
    const hash = createHash('sha256');
    for await (const chunk of opened.stream(path)) hash.update(chunk);
    all[path] = hash.digest('hex');
  }
  return all;
}

/** The names of the sealed objects of a version of `net`. */
export function objectNames({ gitDir }: RegistryFixture, version: string): string[] {
  const names = git(gitDir('net'), ['ls-tree', '--name-only', `${version}:files/objects`]).toString();
  return names.split('\n').slice(0, -1);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
