import { fsckStrict, git, gitText, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectId } from '../../src/objects/object-id.ts';
import {
  encodeTree,
  isTreeName,
  parseTree,
  parseTreeTargets,
  type TreeEntry,
  type TreeMode,
} from '../../src/objects/tree.ts';
import { objectIds } from './arbitraries.ts';

const modes: fc.Arbitrary<TreeMode> = fc.constantFrom(
  '100644',
  '100755',
  '120000',
  '40000',
  '160000',
  '100664',
);

const names = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  // Close to each other, so that the order of files and folders matters.
  fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '0'), minLength: 1, maxLength: 3 }),
);

const trees = fc
  .array(fc.record({ mode: modes, name: names.filter(isTreeName), id: objectIds }), { maxLength: 20 })
  .map((entries) => [...new Map(entries.map((entry) => [entry.name, entry])).values()]);

const ID = '4b825dc642cb6eb9a060e54bf8d69288fbee4904' as ObjectId;

function raw(...entries: readonly (readonly [string, string | Buffer])[]): Buffer {
  return Buffer.concat(
    entries.flatMap(([mode, name]) => [
      Buffer.from(`${mode} `),
      Buffer.from(name),
      Buffer.from([0]),
      Buffer.from(ID, 'hex'),
    ]),
  );
}

const damaged = expect.objectContaining({ code: 'damaged' });
const hostile = expect.objectContaining({ code: 'hostile' });
const invalid = expect.objectContaining({ code: 'invalid' });

describe('a tree', () => {
  it('is read back as it was written, in the order of Git', () => {
    fc.assert(
      fc.property(trees, (entries) => {
        const bytes = encodeTree(entries);
        const read = parseTree(bytes);
        expect(new Set(read)).toEqual(new Set(entries));
        expect(encodeTree(read)).toEqual(bytes);
        expect(parseTreeTargets(bytes)).toEqual(read.map(({ mode, id }) => ({ mode, id })));
      }),
    );
  });

  it('is the one that `git mktree` makes of the same entries', () => {
    using folder = temporaryFolder();
    gitText('.', 'init', '-q', '--bare', folder.path);
    const kinds: Partial<Record<TreeMode, string>> = { '40000': 'tree', '160000': 'commit' };
    fc.assert(
      fc.property(trees, (all) => {
        const entries = all.filter(({ mode, name }) => mode !== '100664' && !name.startsWith('"'));
        const lines = entries.map(
          ({ mode, name, id }) => `${mode} ${kinds[mode] ?? 'blob'} ${id}\t${name}\0`,
        );
        const id = git(folder.path, ['mktree', '--missing', '-z'], lines.join('')).toString().trim();
        expect(encodeTree(entries)).toEqual(git(folder.path, ['cat-file', 'tree', id]));
      }),
      { numRuns: 20 },
    );
  });

  it('can be empty', () => {
    expect(parseTree(Buffer.alloc(0))).toEqual([]);
    expect(encodeTree([])).toHaveLength(0);
  });

  it.each([
    ['is cut off', raw(['100644', 'a']).subarray(0, -1)],
    ['has no NUL', Buffer.from('100644 a')],
    ['has a padded mode', raw(['040000', 'a'])],
    ['has a mode that no entry has', raw(['100600', 'a'])],
    ['is out of order', raw(['100644', 'b'], ['100644', 'a'])],
    ['has a name twice', raw(['100644', 'a'], ['100644', 'a'])],
    ['has a name as file and as folder', raw(['100644', 'a'], ['100644', 'a.b'], ['40000', 'a'])],
    ['sorts a folder as if it were a file', raw(['40000', 'a'], ['100644', 'a.b'])],
  ])('is damaged when it %s', (_, bytes) => {
    expect(() => parseTree(bytes)).toThrow(damaged);
  });

  it.each([
    '',
    '.',
    '..',
    'a/b',
    '.git',
    '.GIT',
    '.Git.',
    'git~1',
    '.g\u200cit',
    '.git::$INDEX',
    'a\\.git',
    '.git ',
  ])('is hostile with the name %j, which cannot be written either', (name) => {
    expect(() => parseTree(raw(['100644', name]))).toThrow(hostile);
    expect(() => encodeTree([{ mode: '100644', name, id: ID }])).toThrow(invalid);
  });

  it('with a name that is not UTF-8 is not supported, but what it points to can be listed', () => {
    const bytes = raw(['100644', Buffer.from([0xe9])]);
    expect(() => parseTree(bytes)).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(parseTreeTargets(bytes)).toEqual([{ mode: '100644', id: ID }]);
  });

  it('is not written with one name twice, or half a character', () => {
    const entry: TreeEntry = { mode: '100644', name: 'a', id: ID };
    expect(() => encodeTree([entry, { ...entry, mode: '40000' }])).toThrow(invalid);
    expect(() => encodeTree([{ ...entry, name: '\ud800' }])).toThrow(invalid);
  });

  it('accepts only names that fsck accepts', () => {
    using folder = temporaryFolder();
    gitText('.', 'init', '-q', '--bare', folder.path);
    const blob = git(folder.path, ['hash-object', '-w', '--stdin'], '').toString().trim() as ObjectId;
    const odd = ['git', 'git~2', '.gitx', 'x.git', '...', ' ', '.git~1', 'a\\b', ':', '\ufeff', 'gıt~1'];
    const tree = encodeTree(odd.map((name) => ({ mode: '100644', name, id: blob })));
    git(folder.path, ['hash-object', '-w', '-t', 'tree', '--stdin'], tree);
    fsckStrict(folder.path);
  });
});
