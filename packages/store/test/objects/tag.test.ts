import { git, gitText, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeTag, parseTag, type Tag } from '../../src/objects/tag.ts';
import { headers, messages, objectIds, people } from './arbitraries.ts';

const tags: fc.Arbitrary<Tag> = fc.record({
  target: objectIds,
  kind: fc.constantFrom('commit', 'tree', 'blob', 'tag'),
  name: fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((name) => !/[\n\0]/.test(name) && name.isWellFormed()),
  tagger: fc.option(people),
  headers: fc.array(headers, { maxLength: 2 }),
  message: messages,
});

const TARGET = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

describe('a tag', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(tags, (tag) => {
        const bytes = encodeTag(tag);
        expect(parseTag(bytes)).toEqual(tag);
        expect(encodeTag(parseTag(bytes))).toEqual(bytes);
      }),
    );
  });

  it('of real Git is understood, and one written here is what Git writes', () => {
    using folder = temporaryFolder();
    gitText('.', 'init', '-q', '--bare', folder.path);
    git(folder.path, ['hash-object', '-w', '-t', 'tree', '--stdin'], '');
    gitText(folder.path, 'tag', '-a', '-m', 'first\n\nCairn-Files: 3', 'v1', TARGET);
    const bytes = git(folder.path, ['cat-file', 'tag', 'v1']);
    const tag = parseTag(bytes);
    expect(tag).toMatchObject({
      target: TARGET,
      kind: 'tree',
      name: 'v1',
      message: 'first\n\nCairn-Files: 3\n',
    });
    const id = git(folder.path, ['hash-object', '-t', 'tag', '-w', '--stdin'], encodeTag(tag))
      .toString()
      .trim();
    expect(id).toBe(gitText(folder.path, 'rev-parse', 'v1'));
  });

  it('from before there were taggers is understood', () => {
    const tag = parseTag(Buffer.from(`object ${TARGET}\ntype tree\ntag old\n\nmessage\n`));
    expect(tag.tagger).toBeNull();
  });

  it.each([
    ['an unknown type', `object ${TARGET}\ntype file\ntag v1\n\n`],
    ['no name', `object ${TARGET}\ntype tree\ntag\n\n`],
    ['its headers out of order', `type tree\nobject ${TARGET}\ntag v1\n\n`],
    ['a broken tagger', `object ${TARGET}\ntype tree\ntag v1\ntagger nobody\n\n`],
    ['nothing in it', ''],
  ])('with %s is damaged', (_, text) => {
    expect(() => parseTag(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'damaged' }));
  });

  it('is not written with a name of two lines', () => {
    const tag = parseTag(Buffer.from(`object ${TARGET}\ntype tree\ntag v1\n\n`));
    expect(() => encodeTag({ ...tag, name: 'a\nb' })).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});
