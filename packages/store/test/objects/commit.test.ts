import { git, gitText, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Commit, encodeCommit, parseCommit } from '../../src/objects/commit.ts';
import { headers, messages, objectIds, people } from './arbitraries.ts';

const commits: fc.Arbitrary<Commit> = fc.record({
  tree: objectIds,
  parents: fc.array(objectIds, { maxLength: 3 }),
  author: people,
  committer: people,
  headers: fc.array(headers, { maxLength: 3 }),
  message: messages,
});

const TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const PERSON = 'A U Thor <author@example.invalid> 1700000000 +0200';

describe('a commit', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(commits, (commit) => {
        const bytes = encodeCommit(commit);
        expect(parseCommit(bytes)).toEqual(commit);
        expect(encodeCommit(parseCommit(bytes))).toEqual(bytes);
      }),
    );
  });

  it('keeps a signature and other headers that it does not know', () => {
    const text =
      `tree ${TREE}\nauthor ${PERSON}\ncommitter ${PERSON}\nencoding ISO-8859-1\n` +
      'gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEzBAAB\n =abcd\n -----END PGP SIGNATURE-----\nbare\n\nsubject\n\nbody\n';
    const commit = parseCommit(Buffer.from(text));
    expect(commit.headers.map(({ name }) => name)).toEqual(['encoding', 'gpgsig', 'bare']);
    expect(commit.headers[1]!.value).toContain('BEGIN PGP SIGNATURE-----\n\niQEzBAAB\n');
    expect(commit.message).toBe('subject\n\nbody\n');
    expect(encodeCommit(commit).toString()).toBe(text);
  });

  it('of real Git is understood, merges and tags merged in included', () => {
    using folder = temporaryFolder();
    const history =
      'blob\nmark :1\ndata 1\na\n' +
      `commit refs/heads/main\nmark :2\ncommitter ${PERSON}\ndata 4\none\nM 100644 :1 a\n` +
      `commit refs/heads/side\nmark :3\nauthor  <> 0 -0000\ncommitter ${PERSON}\ndata 0\nfrom :2\nM 100644 :1 b\n` +
      `commit refs/heads/main\nmark :4\ncommitter ${PERSON}\ndata 5\nmerge\nfrom :2\nmerge :3\n`;
    gitText('.', 'init', '-q', '--bare', folder.path);
    git(folder.path, ['fast-import', '--quiet'], history);
    for (const id of gitText(folder.path, 'rev-list', '--all').split('\n')) {
      const bytes = git(folder.path, ['cat-file', 'commit', id]);
      expect(encodeCommit(parseCommit(bytes))).toEqual(bytes);
    }
    const merge = parseCommit(git(folder.path, ['cat-file', 'commit', 'main']));
    expect(merge.parents).toHaveLength(2);
    expect(merge.author).toEqual({
      name: 'A U Thor',
      email: 'author@example.invalid',
      seconds: 1_700_000_000,
      timezone: '+0200',
    });
  });

  it('written here passes fsck', () => {
    using folder = temporaryFolder();
    gitText('.', 'init', '-q', '--bare', folder.path);
    git(folder.path, ['hash-object', '-w', '-t', 'tree', '--stdin'], '');
    fc.assert(
      fc.property(people, messages, (person, message) => {
        const bytes = encodeCommit({
          tree: TREE as Commit['tree'],
          parents: [],
          author: { ...person, seconds: person.seconds % 2 ** 31 },
          committer: { ...person, seconds: 1 },
          headers: [],
          message,
        });
        git(folder.path, ['-c', 'fsck.nulInCommit=error', 'hash-object', '-t', 'commit', '--stdin'], bytes);
      }),
      { numRuns: 10 },
    );
  });

  it.each([
    ['no tree', `author ${PERSON}\ncommitter ${PERSON}\n\n`],
    ['a tree that is no id', `tree 12\nauthor ${PERSON}\ncommitter ${PERSON}\n\n`],
    ['a parent after the author', `tree ${TREE}\nauthor ${PERSON}\nparent ${TREE}\ncommitter ${PERSON}\n\n`],
    ['two authors', `tree ${TREE}\nauthor ${PERSON}\ncommitter ${PERSON}\nauthor ${PERSON}\n\n`],
    ['a date with a leading zero', `tree ${TREE}\nauthor A <a> 01 +0000\ncommitter ${PERSON}\n\n`],
    ['a person without an address', `tree ${TREE}\nauthor A 1 +0000\ncommitter ${PERSON}\n\n`],
    ['no line break at the end', `tree ${TREE}\nauthor ${PERSON}\ncommitter ${PERSON}`],
    ['a NUL in a header', `tree ${TREE}\nauthor A\0 <a> 1 +0000\ncommitter ${PERSON}\n\n`],
    ['a continuation line first', ` x\ntree ${TREE}\n\n`],
    ['nothing', ''],
  ])('with %s is damaged', (_, text) => {
    expect(() => parseCommit(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'damaged' }));
  });

  it('without an empty line has no message', () => {
    const text = `tree ${TREE}\nauthor ${PERSON}\ncommitter ${PERSON}\n`;
    expect(parseCommit(Buffer.from(text)).message).toBe('');
  });

  it('is not written with what could not be read back', () => {
    const good = parseCommit(Buffer.from(`tree ${TREE}\nauthor ${PERSON}\ncommitter ${PERSON}\n\n`));
    const invalid = expect.objectContaining({ code: 'invalid' });
    const author = { ...good.author, name: 'A <B>' };
    expect(() => encodeCommit({ ...good, author })).toThrow(invalid);
    expect(() => encodeCommit({ ...good, author: { ...good.author, seconds: 1.5 } })).toThrow(invalid);
    expect(() => encodeCommit({ ...good, message: 'a\0b' })).toThrow(invalid);
    expect(() => encodeCommit({ ...good, headers: [{ name: 'tree', value: TREE }] })).toThrow(invalid);
    expect(() => encodeCommit({ ...good, headers: [{ name: 'a b', value: '' }] })).toThrow(invalid);
    expect(() => encodeCommit({ ...good, headers: [{ name: 'a', value: '\0' }] })).toThrow(invalid);
  });
});
