import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, gitText, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { listRefs, packRefs, updateRefs } from '../../src/refs/ref-store.ts';
import { createFixture, createTag, type Fixture, refsByGit } from './fixture.ts';

const NOW = { timeoutMs: 0 };

/** What a tag leads to, as the real Git sees it. */
function peelIn(gitDir: string): (id: ObjectId) => ObjectId | null {
  return (id) => {
    const peeled = gitText(gitDir, 'rev-parse', `${id}^{}`) as ObjectId;
    return peeled === id ? null : peeled;
  };
}

async function createRefs({ gitDir, commits }: Fixture): Promise<void> {
  const tag = createTag(gitDir, commits[0], 'v1');
  const values = {
    'refs/heads/main': commits[0],
    'refs/heads/deep/er': commits[1],
    'refs/tags/v1': tag,
    'refs/tags/v1-signed': createTag(gitDir, tag, 'v1-signed', 'tag'),
    'refs/tags/light': commits[2],
    'refs/tags/\uffee': commits[2],
    'refs/tags/\u{1f600}': commits[2],
  };
  await updateRefs(
    gitDir,
    Object.entries(values).map(([name, to]) => ({ name, expect: null, to })),
    NOW,
  );
}

test('packing writes, byte for byte, the file that Git would write', async () => {
  using folder = temporaryFolder();
  const fixture = createFixture(join(folder.path, 'a.git'));
  const { gitDir } = fixture;
  await createRefs(fixture);
  const before = refsByGit(gitDir);
  await packRefs(gitDir, { ...NOW, peel: peelIn(gitDir) });
  const ours = readFileSync(join(gitDir, 'packed-refs'), 'utf8');
  expect(readdirSync(join(gitDir, 'refs'), { recursive: true }).sort()).toEqual(['heads', 'tags']);
  expect(refsByGit(gitDir)).toEqual(before);
  fsckStrict(gitDir);
  gitText(gitDir, 'pack-refs', '--all');
  expect(readFileSync(join(gitDir, 'packed-refs'), 'utf8')).toBe(ours);
});

test('packing joins new loose refs to what was packed, and prefers them', async () => {
  using folder = temporaryFolder();
  const fixture = createFixture(join(folder.path, 'a.git'));
  const { gitDir, commits } = fixture;
  await createRefs(fixture);
  gitText(gitDir, 'pack-refs', '--all');
  await updateRefs(
    gitDir,
    [
      { name: 'refs/heads/main', to: commits[2] },
      { name: 'refs/heads/new', to: commits[1] },
    ],
    NOW,
  );
  const before = refsByGit(gitDir);
  const asked: ObjectId[] = [];
  const peel = (id: ObjectId) => {
    asked.push(id);
    return peelIn(gitDir)(id);
  };
  await packRefs(gitDir, { ...NOW, peel });
  expect(refsByGit(gitDir)).toEqual(before);
  expect(asked).toEqual([commits[2], commits[1]]);
});

test('packing without knowledge of objects promises nothing, and Git reads it right', async () => {
  using folder = temporaryFolder();
  const fixture = createFixture(join(folder.path, 'a.git'));
  const { gitDir, commits } = fixture;
  await createRefs(fixture);
  const before = refsByGit(gitDir);
  await packRefs(gitDir, NOW);
  expect(readFileSync(join(gitDir, 'packed-refs'), 'utf8').split('\n')[0]).toBe('# pack-refs with: sorted ');
  expect(refsByGit(gitDir)).toEqual(before);
  expect(listRefs(gitDir, 'refs/tags/v1').get('refs/tags/v1')).not.toHaveProperty('peeled');
  await updateRefs(gitDir, [{ name: 'refs/heads/main', to: commits[2] }], NOW);
  await packRefs(gitDir, { ...NOW, peel: peelIn(gitDir) });
  expect(listRefs(gitDir, 'refs/tags/v1').get('refs/tags/v1')?.peeled).toBe(commits[0]);
});

test('a ref that is locked, names another ref or belongs to a working tree stays loose', async () => {
  using folder = temporaryFolder();
  const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
  for (const name of ['refs/heads/main', 'refs/heads/locked', 'refs/bisect/bad'])
    gitText(gitDir, 'update-ref', name, commits[0]);
  gitText(gitDir, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/heads/main');
  writeFileSync(join(gitDir, 'refs', 'heads', 'locked.lock'), '');
  const before = refsByGit(gitDir);
  await packRefs(gitDir, NOW);
  expect(refsByGit(gitDir)).toEqual(before);
  const loose = readdirSync(join(gitDir, 'refs'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(loose.map(({ name }) => name).sort()).toEqual(['HEAD', 'bad', 'locked', 'locked.lock']);
});

test('packing nothing writes no file', async () => {
  using folder = temporaryFolder();
  const { gitDir } = createFixture(join(folder.path, 'a.git'));
  await packRefs(gitDir, NOW);
  expect(readdirSync(gitDir)).not.toContain('packed-refs');
});
