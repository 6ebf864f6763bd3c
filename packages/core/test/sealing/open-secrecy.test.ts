import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '@cairn/testkit';
import { expect, test } from 'vitest';
import {
  listVersions,
  openPackage,
  type Registry,
  renameVersion,
  showVersion,
  takeOut,
  verifyRegistry,
} from '../../src/index.ts';
import { containerBytes, KEY, PACKAGE, sealedRegistry, UNLOCK } from './sealed-fixture.ts';

test('whatever is done with the key, nothing in the registry shows what is sealed', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;

  await showVersion(registry, 'net@v1', { unlock: UNLOCK });
  await listVersions(registry, 'net');
  await takeOut(registry, 'net@v1', join(work, 'out'), { unlock: UNLOCK });
  await verifyRegistry(registry, { unlock: UNLOCK });
  await using opened = await openPackage(registry, 'net@v1', { unlock: UNLOCK });
  for await (const _ of opened.stream('models/config.json'));
  const container = await containerBytes(fixture);
  await renameVersion(registry, 'net@v1', 'v2', { unlock: UNLOCK });

  expect(tracesIn(container)).toEqual([]);
  for (const [path, bytes] of everythingIn(registry, fixture.gitDir('net'))) {
    expect([path, tracesIn(bytes)]).toEqual([path, []]);
  }
});

/** Names, contents, sizes and hashes of the plaintext, and the key. */
const TRACES: readonly (readonly [what: string, trace: Buffer])[] = [
  ...Object.entries(PACKAGE).flatMap(([path, bytes]): [string, Buffer][] => [
    [`name of ${path}`, Buffer.from(path.split('/').at(-1)!)],
    [`sha256 of ${path}`, Buffer.from(createHash('sha256').update(bytes).digest('hex'))],
    [`raw sha256 of ${path}`, createHash('sha256').update(bytes).digest()],
    [`size of ${path}`, Buffer.from(bytes.length > 1000 ? String(bytes.length) : path)],
    [`content of ${path}`, Buffer.from(bytes.length > 40 ? bytes.subarray(10, 40) : Buffer.from(path))],
  ]),
  ['a word of the plaintext', Buffer.from('rosebud')],
  ['the key', Buffer.from(KEY)],
];

function tracesIn(bytes: Buffer): string[] {
  return TRACES.filter(([, trace]) => bytes.includes(trace)).map(([what]) => what);
}

/** Every file as it is on the disk, and every object of the repository unpacked. */
function* everythingIn({ path }: Registry, gitDir: string): Generator<readonly [string, Buffer]> {
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) yield [entry.name, readFileSync(join(entry.parentPath, entry.name))];
  }
  yield ['objects', git(gitDir, ['cat-file', '--batch-all-objects', '--batch'])];
}
