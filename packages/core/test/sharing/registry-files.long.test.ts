import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRepository, type ObjectId, openRepository } from '@cairn/store';
import { git, gitText, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { pull, push } from '../../src/index.ts';
import { listRegistryFiles } from '../../src/sharing/registry-files.ts';
import { expectFailure } from '../registry-fixture.ts';
import { newTeam } from './sharing-fixture.ts';

/** A repository to put trees into, as `git mktree` writes them, and to list them as files of a registry. */
function newTrees() {
  const folder = temporaryFolder();
  const gitDir = join(folder.path, 'x.git');
  createRepository(gitDir);
  const written = (args: readonly string[], input: string | Buffer) =>
    git(gitDir, [...args], input)
      .toString()
      .trim() as ObjectId;
  return {
    blob: (content: string | Buffer) => written(['hash-object', '-w', '--stdin'], content),
    tree: (...entries: string[]) => written(['mktree'], entries.map((entry) => `${entry}\n`).join('')),
    list(tree: ObjectId) {
      const repository = openRepository(gitDir);
      try {
        return [...listRegistryFiles(repository, tree).keys()];
      } finally {
        repository.close();
      }
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

const file = (id: string, name: string) => `100644 blob ${id}\t${name}`;
const folder = (id: string, name: string) => `040000 tree ${id}\t${name}`;

test('files in folders are listed by their paths', () => {
  using trees = newTrees();
  const id = trees.blob('x');
  const inner = trees.tree(file(id, 'b'));
  expect(trees.list(trees.tree(file(id, 'README.md'), folder(inner, 'a'), folder(inner, 'c')))).toEqual([
    'README.md',
    'a/b',
    'c/b',
  ]);
  expect(trees.list(trees.tree())).toEqual([]);
});

test('folders that are in one another many times are refused before they are walked', () => {
  using trees = newTrees();
  let tree = trees.tree();
  for (let level = 0; level < 12; level += 1) {
    const below = tree;
    tree = trees.tree(...Array.from({ length: 10 }, (_, index) => folder(below, `${index}`)));
  }
  expect(() => trees.list(trees.tree(folder(tree, 'z')))).toThrow(/folder with nothing in it/);
  const id = trees.blob('x');
  tree = trees.tree(file(id, 'x'));
  for (let level = 0; level < 12; level += 1) {
    const below = tree;
    tree = trees.tree(...Array.from({ length: 10 }, (_, index) => folder(below, `${index}`)));
  }
  expect(() => trees.list(trees.tree(folder(tree, 'z')))).toThrow(/more than 10000 files and folders/);
});

test('a folder of too many files is refused before it is read', () => {
  using trees = newTrees();
  const id = trees.blob('x');
  const many = trees.tree(
    ...Array.from({ length: 12_000 }, (_, index) => file(id, `${index}-${'x'.repeat(240)}`)),
  );
  expect(() => trees.list(many)).toThrow(/more than 10000 files and folders/);
});

test('one large file under many names is refused, as is one that is too large', () => {
  using trees = newTrees();
  const large = trees.blob(Buffer.alloc(60 * 1024 * 1024));
  const names = (count: number) => Array.from({ length: count }, (_, index) => file(large, `f${index}`));
  expect(trees.list(trees.tree(...names(4)))).toHaveLength(4);
  expect(() => trees.list(trees.tree(...names(5)))).toThrow(/more than 268435456 bytes/);
  const larger = trees.blob(Buffer.alloc(65 * 1024 * 1024));
  expect(() => trees.list(trees.tree(file(larger, 'f')))).toThrow(/at most 67108864 are taken/);
});

test.each([
  ['README.md', 'readme.md'],
  ['fi', 'ﬁ'],
  ['A', 'a\u200c'],
])('%j beside %j is refused: on some disks they are one', (one, other) => {
  using trees = newTrees();
  const id = trees.blob('x');
  expect(() => trees.list(trees.tree(file(id, one), file(id, other)))).toThrow(
    /differs from it only in case/,
  );
  const inner = trees.tree(file(id, 'x'));
  expect(() => trees.list(trees.tree(folder(inner, one), file(id, other)))).toThrow(
    /differs from it only in case/,
  );
});

test.each([
  'models',
  'MODELS',
  'mode\u200cls',
  'ｍodels',
  'modelſ',
  'models ..',
  'models::$INDEX_ALLOCATION',
  '.Cairn',
  'CAIRN~1',
])('%j is refused: this machine has its own there', (name) => {
  using trees = newTrees();
  const inner = trees.tree(file(trees.blob('x'), 'x'));
  expect(() => trees.list(trees.tree(folder(inner, name)))).toThrow(/models and caches are not shared/);
});

test('a registry of folders in folders is refused by whoever clones or pulls it, and models come all the same', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  await push(ada);
  const bob = await team.clone('bob');
  await team.add(ada, 'stocks@v1', { 'a.txt': 'one' });
  await push(ada);
  const mktree = (entries: readonly string[]) =>
    git(team.shared, ['mktree'], entries.map((entry) => `${entry}\n`).join(''))
      .toString()
      .trim();
  let tree = mktree([]);
  for (let level = 0; level < 12; level += 1) {
    const below = tree;
    tree = mktree(Array.from({ length: 10 }, (_, index) => folder(below, `${index}`)));
  }
  const top = mktree([...gitText(team.shared, 'ls-tree', 'main').split('\n'), folder(tree, 'z')]);
  const commit = gitText(team.shared, 'commit-tree', '-m', 'x', '-p', 'main', top);
  git(team.shared, ['update-ref', 'refs/heads/main', commit]);
  const { registry, models } = await pull(bob);
  expect(registry).toMatchObject({ main: 'none', problems: [{ kind: 'unreadable' }] });
  expect(models).toMatchObject([{ model: 'stocks', versions: ['v1'] }]);
  await expectFailure(team.clone('cay'), { code: 'damaged', names: ['cannot be taken over'] });
});

test('what stands in the way of a shared file is told of and stays, and room is made where it was shared too', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  const commit = (message: string) => {
    git(ada.path, ['add', '.']);
    git(ada.path, ['commit', '--quiet', '-m', message]);
  };
  writeFileSync(join(ada.path, 'plan'), 'one file');
  commit('plan');
  await push(ada);
  const bob = await team.clone('bob');
  mkdirSync(join(bob.path, 'zz'));
  writeFileSync(join(bob.path, 'zz', 'mine'), 'mine');
  writeFileSync(join(bob.path, 'a'), 'mine');
  writeFileSync(join(ada.path, 'zz'), 'a file');
  mkdirSync(join(ada.path, 'a'));
  writeFileSync(join(ada.path, 'a', 'b'), 'a file in a folder');
  rmSync(join(ada.path, 'plan'));
  mkdirSync(join(ada.path, 'plan'));
  writeFileSync(join(ada.path, 'plan', 'part'), 'of the plan');
  commit('more');
  await push(ada);
  const { registry } = await pull(bob);
  expect(registry).toMatchObject({ main: 'conflict', problems: [{ kind: 'unsaved' }] });
  expect(registry.problems[0]!.message).toMatch(/: a\/b, zz$/);
  expect(readFileSync(join(bob.path, 'a'), 'utf8')).toBe('mine');
  rmSync(join(bob.path, 'a'));
  rmSync(join(bob.path, 'zz'), { recursive: true });
  expect((await pull(bob)).registry).toMatchObject({ main: 'forwarded', problems: [] });
  expect(readFileSync(join(bob.path, 'plan', 'part'), 'utf8')).toBe('of the plan');
  expect(gitText(bob.path, 'status', '--porcelain')).toBe('');
});
