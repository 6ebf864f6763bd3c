import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict } from '@cairn/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldedPath } from '../../src/file-path.ts';
import { createModel, deleteVersion, showVersion } from '../../src/index.ts';
import { bytesOf, HISTORY_LINE_MAX } from '../oracle/disk.ts';
import { filesByGit, treeBlobs } from '../oracle/git-tree.ts';
import { type KnownVersion, storeVersion } from '../oracle/history.ts';
import { expectWholeVersion, sizeOf } from '../oracle/read-back.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { type FileTree, fileTree } from './file-trees.ts';

/** Arbitrary trees of files go in and come out, by Cairn and by Git, and their bytes are freed again. */
export function testRoundTrips(numRuns: number): void {
  test('whatever files go in, they come out byte for byte with their flags, by Cairn and by Git', async () => {
    using fixture = await registryFixture();
    await createModel(fixture.registry, 'm');
    await fc.assert(
      fc.asyncProperty(fileTree, (tree) => roundTrip(fixture, tree)),
      { numRuns },
    );
    fsckStrict(fixture.gitDir('m'));
  });
}

async function roundTrip(fixture: RegistryFixture, files: FileTree): Promise<void> {
  const { registry } = fixture;
  const gitDir = fixture.gitDir('m');
  const version: KnownVersion = { name: `v-${randomBytes(8).toString('hex')}`, description: 'a', files };
  const before = bytesOf(gitDir);
  const { stored, reused } = await storeVersion(fixture, 'm', version);
  expect(stored.bytes + reused.bytes).toBe(sizeOf(files));
  await expectWholeVersion(registry, 'm', version);
  for (const [path, bytes] of filesByGit(gitDir, version.name)) {
    expect([path, bytes.equals(files[path]!.bytes)]).toEqual([path, true]);
  }
  expectDistinctPaths(gitDir, version.name);
  const { freed } = await deleteVersion(registry, `m@${version.name}`);
  // Many small packs are rolled up now and then, which frees more than the version.
  expect(bytesOf(gitDir) - before).toBeLessThan(HISTORY_LINE_MAX);
  expect(freed).toBeGreaterThan(0);
  await expect(showVersion(registry, `m@${version.name}`)).rejects.toMatchObject({ code: 'not-found' });
  rmSync(join(fixture.work, `m-${version.name}-source`), { recursive: true });
}

/** A clone has room for everything on a disk that ignores case and forms of Unicode too. */
function expectDistinctPaths(gitDir: string, version: string): void {
  const paths = treeBlobs(gitDir, version, 'files/').map(({ path }) => foldedPath(path));
  expect(new Set(paths).size).toBe(paths.length);
}
