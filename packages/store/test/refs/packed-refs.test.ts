import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { encodePackedRefs, type PackedRef, parsePackedRefs } from '../../src/refs/packed-refs.ts';

const ID = '1'.repeat(40) as ObjectId;
const OTHER = 'a'.repeat(40) as ObjectId;

function parse(text: string) {
  return parsePackedRefs(Buffer.from(text, 'latin1'));
}

describe('packed-refs', () => {
  test('is read as Git writes it', () => {
    const text = `# pack-refs with: peeled fully-peeled sorted \n${ID} refs/heads/main\n${OTHER} refs/tags/v1\n^${ID}\n`;
    const packed = parse(text);
    expect(packed.fullyPeeled).toBe(true);
    expect([...packed.refs]).toEqual([
      ['refs/heads/main', { id: ID }],
      ['refs/tags/v1', { id: OTHER, peeled: ID }],
    ]);
    expect(encodePackedRefs(packed)).toBe(text);
  });

  test('can lack the header, and the order', () => {
    const packed = parse(`${ID} refs/tags/b\n${ID} refs/tags/a\n`);
    expect([...packed.refs.keys()]).toEqual(['refs/tags/b', 'refs/tags/a']);
    expect(packed.fullyPeeled).toBe(false);
    expect(parse('').refs.size).toBe(0);
  });

  test('gives back what was written', () => {
    const id = fc.stringMatching(/^[0-9a-f]{39}[1-9a-f]$/) as fc.Arbitrary<ObjectId>;
    const ref = fc.record({ id, peeled: id }, { requiredKeys: ['id'] }) as fc.Arbitrary<PackedRef>;
    const name = fc.stringMatching(/^refs\/(heads|tags)\/[a-z0-9\uffee\u{1f600}]{1,10}$/u);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, ref), { selector: ([each]) => each }),
        fc.boolean(),
        (refs, fullyPeeled) => {
          const text = encodePackedRefs({ refs: new Map(refs), fullyPeeled });
          const packed = parsePackedRefs(Buffer.from(text));
          expect(packed).toEqual({ refs: new Map(refs), fullyPeeled });
          expect(encodePackedRefs(packed)).toBe(text);
        },
      ),
    );
  });

  test.each([
    ['a short id', `${ID.slice(1)} refs/heads/main\n`],
    ['an id in capitals', `${OTHER.toUpperCase()} refs/heads/main\n`],
    ['the id of zeros', `${'0'.repeat(40)} refs/heads/main\n`],
    ['no blank', `${ID}\trefs/heads/main\n`],
    ['a name that leads elsewhere', `${ID} refs/heads/../../config\n`],
    ['a name outside refs', `${ID} config\n`],
    ['a carriage return', `${ID} refs/heads/main\r\n`],
    ['no end of the last line', `${ID} refs/heads/main`],
    ['a name twice', `${ID} refs/heads/main\n${OTHER} refs/heads/main\n`],
    ['an unkept promise of order', `# pack-refs with: sorted \n${ID} refs/tags/b\n${ID} refs/tags/a\n`],
    ['a peeled value of nothing', `^${ID}\n`],
    ['two peeled values', `${ID} refs/tags/a\n^${ID}\n^${OTHER}\n`],
    ['a short peeled value', `${ID} refs/tags/a\n^${ID.slice(2)}\n`],
    ['an empty line', `\n${ID} refs/tags/a\n`],
    ['a header that is none', `# something else\n${ID} refs/tags/a\n`],
    ['a second header', `# pack-refs with: \n# pack-refs with: \n`],
    ['bytes that are no text', `${ID} refs/tags/\xff\n`],
    ['zeros, as after a power failure', '\0'.repeat(4096)],
  ])('with %s is damaged', (_, text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'damaged', message: expect.stringMatching(/^packed-refs: /) }),
    );
  });

  test('never fails in another way, whatever its bytes', () => {
    const line = fc.oneof(
      fc.constantFrom(`${ID} refs/tags/a`, `^${OTHER}`, '# pack-refs with: sorted'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          parsePackedRefs(Buffer.from(`${lines.join('\n')}\n`));
        } catch (error) {
          expect(error).toMatchObject({ code: 'damaged' });
        }
      }),
    );
  });
});
