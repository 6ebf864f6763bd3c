import { git, gitText } from '@cairn/testkit';
import type { ObjectId } from '../../src/objects/object-id.ts';

/** What the tests of refs stand on: a bare repository of the real Git, with commits that refs can point to. */
export interface Fixture {
  readonly gitDir: string;
  /** Each the parent of the next. */
  readonly commits: readonly [ObjectId, ObjectId, ObjectId];
}

export function createFixture(gitDir: string): Fixture {
  gitText('.', 'init', '--quiet', '--bare', '--initial-branch=main', gitDir);
  const tree = gitText(gitDir, 'mktree', '--missing', '-z');
  const first = commit(gitDir, tree, 'first');
  const second = commit(gitDir, tree, 'second', first);
  return { gitDir, commits: [first, second, commit(gitDir, tree, 'third', second)] };
}

/** An annotated tag on an object, as an object only. */
export function createTag(gitDir: string, target: ObjectId, name: string, kind = 'commit'): ObjectId {
  const lines = [
    `object ${target}`,
    `type ${kind}`,
    `tag ${name}`,
    'tagger T <t@example.invalid> 1 +0000',
    '',
    name,
  ];
  return git(gitDir, ['mktag'], `${lines.join('\n')}\n`)
    .toString()
    .trim() as ObjectId;
}

/** All refs as Git sees them: `<id> <name>` and `^<peeled>`. */
export function refsByGit(gitDir: string): string[] {
  return gitText(gitDir, 'for-each-ref', '--format=%(objectname) %(refname) %(*objectname)')
    .split('\n')
    .filter(Boolean);
}

function commit(gitDir: string, tree: string, message: string, parent?: ObjectId): ObjectId {
  return gitText(gitDir, 'commit-tree', ...(parent ? ['-p', parent] : []), '-m', message, tree) as ObjectId;
}
