import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText } from '@cairn/testkit';
import fc from 'fast-check';
import { expect } from 'vitest';
import { rollUp } from '../../src/collect/roll-up.ts';
import {
  collectExactly,
  commitScript,
  emptyRepository,
  type Files,
  fastImport,
  objectIds,
  reachableIds,
} from './fixture.ts';

interface RandomCommit {
  /** How far back its parents are. */
  readonly parents: readonly number[];
  /** Contents by path: small numbers, so that versions share files and folders. */
  readonly files: Readonly<Record<string, number>>;
  readonly refs: readonly ('branch' | 'tag' | 'tag of a tag' | 'tag of a tree' | 'note')[];
  /** Begins a pack of its own. */
  readonly isNewPack: boolean;
}

export interface RandomHistory {
  readonly commits: readonly RandomCommit[];
  readonly packing: readonly string[] | 'loose' | null;
  /** Which refs are deleted, by chance. */
  readonly fate: readonly boolean[];
}

const path = fc.constantFrom('a', 'b', 'folder/a', 'folder/b', 'folder/deep/a', 'other/a');

const commit: fc.Arbitrary<RandomCommit> = fc.record({
  parents: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
  files: fc.dictionary(path, fc.nat(6), { maxKeys: 4 }),
  refs: fc.uniqueArray(fc.constantFrom('branch', 'tag', 'tag of a tag', 'tag of a tree', 'note'), {
    maxLength: 3,
  }),
  isNewPack: fc.boolean(),
});

const packing = fc.constantFrom<RandomHistory['packing']>(
  null,
  'loose',
  ['repack', '-adfq'],
  ['gc', '--aggressive', '--quiet', '--cruft'],
  ['repack', '-dq', '--geometric=2', '--write-midx'],
);

export const randomHistory: fc.Arbitrary<RandomHistory> = fc.record({
  commits: fc.array(commit, { minLength: 1, maxLength: 8 }),
  packing,
  fate: fc.infiniteStream(fc.boolean()).map((stream) => [...stream.take(64)]),
});

/**
 * Builds a history, deletes some refs together with what they alone lead to, then some more without that, and
 * holds what survives against what Git says is reachable.
 */
export async function expectSurvivors({ commits, packing, fate }: RandomHistory): Promise<void> {
  using repository = emptyRepository();
  const { gitDir } = repository;
  const refs = buildHistory(gitDir, commits);
  pack(gitDir, packing);
  const [removing, forgotten] = [
    refs.filter((_, at) => fate[at]),
    refs.filter((_, at) => !fate[at] && fate[at + 20]),
  ];

  const before = objectIds(gitDir);
  const doomed = removing.length === 0 ? [] : reachableIds(gitDir, ...removing);
  await collectExactly(repository, { removing });
  const needed = new Set(reachableIds(gitDir));
  const gone = new Set(doomed.filter((id) => !needed.has(id)));
  expect(objectIds(gitDir)).toEqual(before.filter((id) => !gone.has(id)));

  updateRefs(
    gitDir,
    forgotten.map((name) => `delete ${name}`),
  );
  await rollUp(repository);
  await collectExactly(repository);
  const survivors = objectIds(gitDir);
  const reachable = reachableIds(gitDir);
  // A pack with deltas stays where it would only grow.
  if (packing === null || packing === 'loose') expect(survivors).toEqual(reachable);
  else expect(survivors).toEqual(expect.arrayContaining(reachable));
}

function buildHistory(gitDir: string, commits: readonly RandomCommit[]): string[] {
  const ids: string[] = [];
  let script: (string | Buffer)[] = [];
  let first = 0;
  for (const [index, { parents, files, isNewPack }] of commits.entries()) {
    // A commit of the same import goes by its mark.
    const nameOf = (commit: number) => (commit >= first ? `:${commit + 1}` : `refs/temporary/${commit}^0`);
    const marks = parents.flatMap((back) => (index - back >= 0 ? [nameOf(index - back)] : []));
    script.push(...commitScript(`refs/temporary/${index}`, index + 1, contentsOf(files), marks));
    if (!isNewPack && index + 1 < commits.length) continue;
    fastImport(gitDir, script);
    script = [];
    first = index + 1;
  }
  for (const index of commits.keys()) ids.push(gitText(gitDir, 'rev-parse', `refs/temporary/${index}`));
  const created = commits.flatMap(({ refs }, index) =>
    refs.map((kind) => createRef(gitDir, ids[index]!, kind)),
  );
  const temporary = [...commits.keys()].map((index) => `delete refs/temporary/${index}`);
  updateRefs(gitDir, [...temporary, ...created.map(({ name, id }) => `create ${name} ${id}`)]);
  return created.map(({ name }) => name);
}

function contentsOf(files: RandomCommit['files']): Files {
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, `${`line ${content}\n`.repeat(50)}${content}`]),
  );
}

function createRef(
  gitDir: string,
  commitId: string,
  kind: RandomCommit['refs'][number],
): { name: string; id: string } {
  const short = `${commitId.slice(0, 12)}-${kind.replaceAll(' ', '-')}`;
  switch (kind) {
    case 'branch':
      return { name: `refs/heads/${short}`, id: commitId };
    case 'note':
      return { name: `refs/notes/${short}`, id: commitId };
    case 'tag':
      return { name: `refs/tags/${short}`, id: tagObject(gitDir, commitId, 'commit') };
    case 'tag of a tag':
      return {
        name: `refs/tags/${short}`,
        id: tagObject(gitDir, tagObject(gitDir, commitId, 'commit'), 'tag'),
      };
    case 'tag of a tree':
      return {
        name: `refs/tags/${short}`,
        id: tagObject(gitDir, gitText(gitDir, 'rev-parse', `${commitId}^{tree}`), 'tree'),
      };
  }
}

function tagObject(gitDir: string, id: string, kind: string): string {
  const text = `object ${id}\ntype ${kind}\ntag x\ntagger T <t@example.invalid> 1 +0000\n\nx\n`;
  return git(gitDir, ['mktag'], text).toString().trim();
}

function updateRefs(gitDir: string, commands: readonly string[]): void {
  git(gitDir, ['update-ref', '--stdin'], commands.map((command) => `${command}\n`).join(''));
}

function pack(gitDir: string, packing: RandomHistory['packing']): void {
  if (packing === null) return;
  if (packing !== 'loose') {
    gitText(gitDir, ...packing);
    return;
  }
  const whole = git(gitDir, ['pack-objects', '-q', '--stdout'], `${objectIds(gitDir).join('\n')}\n`);
  const folder = join(gitDir, 'objects', 'pack');
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  git(gitDir, ['unpack-objects', '-q'], whole);
}
