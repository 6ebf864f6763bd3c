import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appendExtent, extentMap, extentsAt } from '../../src/manifest/extents.ts';
import type { Extent } from '../../src/manifest/manifest.ts';

const extents = fc.array(
  fc.record({
    object: fc.constantFrom('a', 'b', 'c'),
    offset: fc.nat(100),
    length: fc.integer({ min: 1, max: 20 }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** Every byte of a run of extents, by name. */
function named(list: readonly Extent[]): string[] {
  return list.flatMap(({ object, offset, length }) =>
    Array.from({ length }, (_, i) => `${object}${offset + i}`),
  );
}

test('a range of a file is found in the extents that hold it', () => {
  fc.assert(
    fc.property(extents, fc.nat(), fc.nat(), (list, start, wanted) => {
      const bytes = named(list);
      const offset = start % bytes.length;
      const length = wanted % (bytes.length - offset + 1);
      expect(named(extentsAt(extentMap(list), offset, length))).toEqual(bytes.slice(offset, offset + length));
    }),
  );
});

test('extents that go on where the last ends become one', () => {
  fc.assert(
    fc.property(extents, (list) => {
      const joined: Extent[] = [];
      for (const extent of list) appendExtent(joined, extent);
      expect(named(joined)).toEqual(named(list));
      for (const [i, extent] of joined.entries()) {
        const next = joined[i + 1];
        expect(next?.object === extent.object && next.offset === extent.offset + extent.length).toBe(false);
      }
    }),
  );
});
