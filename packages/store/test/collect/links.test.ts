import { describe, expect, test } from 'vitest';
import { linksOf } from '../../src/collect/links.ts';

const ID = (digit: string) => digit.repeat(40);

describe('what an object refers to', () => {
  test('is read from a commit whatever its people look like', () => {
    const text = `tree ${ID('1')}\nparent ${ID('2')}\nparent ${ID('3')}\nauthor nobody\n\nmessage\nparent ${ID('4')}\n`;
    expect(linksOf({ kind: 'commit', bytes: Buffer.from(text) })).toEqual([
      { id: ID('1'), kind: 'tree' },
      { id: ID('2'), kind: 'commit' },
      { id: ID('3'), kind: 'commit' },
    ]);
  });

  test('is read from a tree whatever its names are, without other repositories', () => {
    const entry = (mode: string, name: string, digit: string) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(ID(digit), 'hex')]);
    const bytes = Buffer.concat([
      entry('100644', '..', '1'),
      entry('40000', 'a/b', '2'),
      entry('160000', 's', '3'),
    ]);
    expect(linksOf({ kind: 'tree', bytes })).toEqual([
      { id: ID('1'), kind: 'blob' },
      { id: ID('2'), kind: 'tree' },
    ]);
  });

  test('is what a tag names, not what it says of it', () => {
    const bytes = Buffer.from(`object ${ID('1')}\ntype blob\ntag x\n\nx`);
    expect(linksOf({ kind: 'tag', bytes })).toEqual([{ id: ID('1'), kind: null }]);
    expect(linksOf({ kind: 'blob', bytes })).toEqual([]);
  });

  test.each([
    ['commit', `parent ${ID('1')}\n\nx`],
    ['commit', 'tree 12\n\nx'],
    ['tree', '100644 a\0short'],
    ['tag', 'type commit\n\nx'],
  ] as const)('cannot be read from a broken %s', (kind, text) => {
    expect(() => linksOf({ kind, bytes: Buffer.from(text) })).toThrow(
      expect.objectContaining({ code: 'damaged' }),
    );
  });
});
