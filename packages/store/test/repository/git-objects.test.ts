import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { encodeCommit } from '../../src/objects/commit.ts';
import { hashObject, type ObjectId } from '../../src/objects/object-id.ts';
import type { Person } from '../../src/objects/person.ts';
import { encodeTag } from '../../src/objects/tag.ts';
import { PackWriter } from '../../src/pack/pack-writer.ts';
import { updateRefs } from '../../src/refs/ref-store.ts';
import { createRepository } from '../../src/repository/create.ts';
import { readLog } from '../../src/repository/log.ts';
import { openRepository, type Repository } from '../../src/repository/open.ts';
import { createSeam, type ObjectSink } from '../../src/repository/seam.ts';
import { writeBlob, writeCommit, writeTag, writeTree } from './git-objects.ts';

const AUTHOR: Person = {
  name: 'Ada Löv',
  email: 'ada@example.invalid',
  seconds: 1_700_000_000,
  timezone: '+0230',
};
const NOW = { timeoutMs: 0 };

function createAndOpen(folder: string): Repository {
  createRepository(join(folder, 'a.git'));
  return openRepository(join(folder, 'a.git'));
}

async function writeVersion(
  repository: Repository,
  sink?: ObjectSink,
): Promise<Record<'tree' | 'commit' | 'tag', ObjectId>> {
  const seam = createSeam(repository, sink);
  const blob = await writeBlob(seam, Buffer.from('content\n'));
  const folder = await writeTree(seam, [{ mode: '100755', name: 'run', id: blob }]);
  const tree = await writeTree(seam, [
    { mode: '100644', name: '\u{1f600}', id: blob },
    { mode: '100644', name: '\uffee', id: blob },
    { mode: '40000', name: 'a', id: folder },
    { mode: '100644', name: 'a.b', id: blob },
  ]);
  const commit = await writeCommit(seam, {
    tree,
    parents: [],
    author: AUTHOR,
    message: '\nversion 1\n\nbody\r\n',
  });
  const tag = await writeTag(seam, {
    object: commit,
    tag: 'v1',
    tagger: AUTHOR,
    message: 'first\n\nCairn-Size: 8\n',
  });
  return { tree, commit, tag };
}

describe('objects written through isomorphic-git', () => {
  test('are what Git would have written, and pass its check', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    const { tree, commit, tag } = await writeVersion(repository);
    await updateRefs(repository.gitDir, [{ name: 'refs/tags/v1', expect: null, to: tag }], NOW);
    fsckStrict(repository.gitDir);
    expect(gitText(repository.gitDir, 'cat-file', 'tag', 'v1')).toBe(
      `object ${commit}\ntype commit\ntag v1\ntagger Ada Löv <ada@example.invalid> 1700000000 +0230\n\nfirst\n\nCairn-Size: 8`,
    );
    expect(gitText(repository.gitDir, 'cat-file', 'commit', commit)).toBe(
      `tree ${tree}\nauthor Ada Löv <ada@example.invalid> 1700000000 +0230\n` +
        `committer Ada Löv <ada@example.invalid> 1700000000 +0230\n\nversion 1\n\nbody`,
    );
    const listed = git(repository.gitDir, ['ls-tree', '-z', tree]).toString();
    expect(git(repository.gitDir, ['mktree', '-z'], listed).toString().trim()).toBe(tree);
    expect(
      gitText(repository.gitDir, 'ls-tree', '-z', '--name-only', '-r', tree).split('\0').filter(Boolean),
    ).toEqual(['a.b', 'a/run', '\uffee', '\u{1f600}']);
  });

  test('are loose objects that are read-only, with nothing beside them', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    await writeVersion(repository);
    await writeVersion(repository);
    expect(gitText(repository.gitDir, 'count-objects', '-v')).toMatch(
      /^count: 5\n(?:.*\n)*in-pack: 0\n(?:.*\n)*garbage: 0\n/,
    );
    const files = readdirSync(join(repository.gitDir, 'objects'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => name.includes('tmp_'))).toEqual([]);
  });

  test('go to the sink when there is one, and are read back from there', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    const writer = PackWriter.create(join(repository.gitDir, 'objects', 'pack'));
    const kinds: string[] = [];
    const { commit, tag } = await writeVersion(repository, (id, kind, content) => {
      kinds.push(kind);
      expect(hashObject(kind, content)).toBe(id);
      writer.add(kind, id, content, 'deflated');
    });
    expect(kinds).toEqual(['blob', 'tree', 'tree', 'commit', 'tag']);
    expect(readdirSync(join(repository.gitDir, 'objects')).sort()).toEqual(['info', 'pack']);
    writer.finish();
    repository.objects.refresh();
    await updateRefs(repository.gitDir, [{ name: 'refs/tags/v1', to: tag }], NOW);
    fsckStrict(repository.gitDir);
    expect((await readLog(repository, 'refs/tags/v1')).map(({ id }) => id)).toEqual([commit]);
    const seen: string[] = [];
    await writeVersion(repository, (_, kind) => void seen.push(kind));
    expect(seen).toEqual([]);
  });

  test('that were only given to a sink can be read through the same seam', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    const seam = createSeam(repository, () => undefined);
    const git = await import('isomorphic-git');
    const tree = await writeTree(seam, []);
    const commit = await writeCommit(seam, { tree, parents: [], author: AUTHOR, message: 'x' });
    expect((await git.readCommit({ ...seam, oid: commit })).commit.message).toBe('x\n');
    expect((await git.log({ ...seam, ref: commit })).map(({ oid }) => oid)).toEqual([commit]);
  });

  test('fail with what the sink says, which is asked once', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    let asked = 0;
    const seam = createSeam(repository, () => {
      asked++;
      throw new StoreError('no-space', 'the disk is full');
    });
    await expect(writeBlob(seam, Buffer.from('x'))).rejects.toMatchObject({ code: 'no-space' });
    await expect(writeBlob(seam, Buffer.from('y'))).rejects.toMatchObject({ code: 'no-space' });
    expect(asked).toBe(1);
  });

  test('do without an index that cannot be read, and without a word on the console', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    for (const suffix of ['idx', 'pack']) {
      writeFileSync(
        join(repository.gitDir, 'objects', 'pack', `pack-${'1'.repeat(40)}.${suffix}`),
        'garbage',
      );
    }
    repository.objects.refresh();
    const log = vi.spyOn(console, 'log');
    const seen: string[] = [];
    await writeBlob(
      createSeam(repository, (_, kind) => void seen.push(kind)),
      Buffer.from('x'),
    );
    expect(seen).toEqual(['blob']);
    expect(log).not.toHaveBeenCalled();
  });

  test('fail with what the disk says', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    rmSync(join(repository.gitDir, 'objects'), { recursive: true });
    await expect(writeBlob(createSeam(repository), Buffer.from('x'))).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test.each([
    ['a name that ends the line', { author: { ...AUTHOR, name: 'a\nb' } }],
    ['a name with a bracket', { author: { ...AUTHOR, name: 'a <b' } }],
    ['an email with a bracket', { author: { ...AUTHOR, email: 'a>b' } }],
    ['a time before 1970', { author: { ...AUTHOR, seconds: -1 } }],
    ['a time that is no number', { author: { ...AUTHOR, seconds: Number.NaN } }],
    ['a timezone that is none', { author: { ...AUTHOR, timezone: 'Z' } }],
    ['a timezone of 75 minutes', { author: { ...AUTHOR, timezone: '+0075' } }],
    ['a message with a NUL', { message: 'a\0b' }],
  ])('cannot have %s', async (_, wrong) => {
    using folder = temporaryFolder();
    const seam = createSeam(createAndOpen(folder.path));
    const tree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904' as ObjectId;
    const commit = { tree, parents: [], author: AUTHOR, message: 'x', ...wrong };
    await expect(writeCommit(seam, commit)).rejects.toMatchObject({ code: 'invalid' });
    const tag = { object: tree, tag: 'v1', tagger: commit.author, message: commit.message };
    await expect(writeTag(seam, tag)).rejects.toMatchObject({ code: 'invalid' });
    await expect(writeTag(seam, { ...tag, tagger: AUTHOR, message: '', tag: '../v1' })).rejects.toMatchObject(
      { code: 'invalid' },
    );
    await expect(writeTree(seam, [{ mode: '100644', name: '..', id: tree }])).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  test('are byte for byte what the codecs of this package make of the same fields', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    const written = new Map<ObjectId, Buffer>();
    const seam = createSeam(repository, (id, _, content) => void written.set(id, content));
    const text = fc.stringMatching(/^[a-z<>é\u{1f600} \n]{0,12}$/u);
    const id = fc.stringMatching(/^[0-9a-f]{40}$/) as fc.Arbitrary<ObjectId>;
    const person = fc.record({
      name: fc.stringMatching(/^[A-Za-zé][A-Za-zé .]{0,9}$/),
      email: fc.stringMatching(/^[a-z@.]{0,9}$/),
      seconds: fc.nat(),
      timezone: fc.stringMatching(/^[+-](0[0-9]|1[0-4])[0-5][0-9]$/),
    });
    const record = fc.record({
      tree: id,
      parents: fc.array(id, { maxLength: 3 }),
      author: person,
      committer: person,
      message: text,
    });
    await fc.assert(
      fc.asyncProperty(record, async ({ tree, parents, author, committer, message }) => {
        const expected = `${message.replace(/^\n+|\n+$/g, '')}\n`;
        const commit = await writeCommit(seam, { tree, parents, author, committer, message });
        const ours = encodeCommit({ tree, parents, author, committer, headers: [], message: expected });
        expect(written.get(commit)?.toString()).toBe(ours.toString());
        const tag = await writeTag(seam, { object: tree, kind: 'tree', tag: 'v', tagger: author, message });
        const ourTag = encodeTag({
          target: tree,
          kind: 'tree',
          name: 'v',
          tagger: author,
          headers: [],
          message: expected,
        });
        expect(written.get(tag)?.toString()).toBe(ourTag.toString());
      }),
      { numRuns: 40 },
    );
  });
});
