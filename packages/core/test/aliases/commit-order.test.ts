import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder } from '../../src/aliases/commit-order.ts';

const commit = fc.record({ parents: fc.array(fc.nat(), { maxLength: 3 }), seconds: fc.nat(20) });

/** Commits whose parents are among those before them, or are not here. */
const histories = fc.array(commit, { maxLength: 30 }).map((commits) =>
  commits.map(({ parents, seconds }, index) => ({
    id: idOf(index),
    parents: parents.map((parent) => (index === 0 ? 'missing' : idOf(parent % index))),
    seconds,
  })),
);

function idOf(index: number): string {
  return String(index).padStart(2, '0');
}

test('every commit comes after its parents, and once, whatever their clocks say', () => {
  fc.assert(
    fc.property(histories, (commits) => {
      const ordered = inOrder(new Map(commits.map((each) => [each.id, each] as const)) as never);
      const places = new Map(ordered.map(({ id }, place) => [id as string, place]));
      expect(places.size).toBe(commits.length);
      for (const { id, parents } of commits) {
        for (const parent of parents) expect(places.get(parent) ?? -1).toBeLessThan(places.get(id)!);
      }
    }),
  );
});

test('where nothing else says, the older comes first', () => {
  const [root, later, earlier, merge] = [
    { id: 'root', parents: [], seconds: 1 },
    { id: 'later', parents: ['root'], seconds: 3 },
    { id: 'earlier', parents: ['root'], seconds: 2 },
    { id: 'merge', parents: ['later', 'earlier'], seconds: 0 },
  ];
  const commits = new Map([merge, later, earlier, root].map((each) => [each!.id, each!] as const));
  expect(inOrder(commits as never)).toEqual([root, earlier, later, merge]);
});
