import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeDocuments } from '../../src/sharing/merge/values.ts';

const base = { description: 'old', labels: { team: 'a', stage: 'x' }, aliases: { prod: 'v1', old: 'v0' } };

test('entries that different sides have set, changed and removed are all taken', () => {
  const ours = {
    ...base,
    labels: { team: 'a', stage: 'x', owner: 'me' },
    aliases: { prod: 'v2', old: 'v0' },
  };
  const theirs = { ...base, description: 'new', labels: { team: 'a' }, aliases: { prod: 'v1', next: 'v3' } };
  expect(mergeDocuments({ base, ours, theirs })).toEqual({
    merged: {
      description: 'new',
      labels: { team: 'a', owner: 'me' },
      aliases: { prod: 'v2', next: 'v3' },
    },
    conflicts: [],
  });
});

test('a field that both sides have changed to something else is a conflict that names it and both sides', () => {
  const ours = { ...base, aliases: { ...base.aliases, prod: 'v2' } };
  const theirs = { ...base, aliases: { old: 'v0' } };
  const { merged, conflicts } = mergeDocuments({ base, ours, theirs });
  expect(conflicts).toEqual([{ field: 'aliases.prod', base: 'v1', ours: 'v2', theirs: null }]);
  expect(merged).toEqual(ours);
});

test('a preference settles conflicts, and only those', () => {
  const ours = { ...base, description: 'ours', labels: { ...base.labels, mine: '1' } };
  const theirs = { ...base, description: 'theirs', labels: { ...base.labels, yours: '2' } };
  const labels = { ...base.labels, mine: '1', yours: '2' };
  expect(mergeDocuments({ base, ours, theirs }, 'ours')).toEqual({
    merged: { ...base, description: 'ours', labels },
    conflicts: [],
  });
  expect(mergeDocuments({ base, ours, theirs }, 'theirs')).toEqual({
    merged: { ...base, description: 'theirs', labels },
    conflicts: [],
  });
});

test('what has no common beginning merges where it agrees', () => {
  const { merged, conflicts } = mergeDocuments({
    base: null,
    ours: { a: 1, only: 2 },
    theirs: { a: 1, other: 3 },
  });
  expect(merged).toEqual({ a: 1, only: 2, other: 3 });
  expect(conflicts).toEqual([]);
});

test('lists of texts merge as sets, unknown fields are kept', () => {
  const { merged, conflicts } = mergeDocuments({
    base: { protected: ['prod', 'old'], deep: { list: [1] } },
    ours: { protected: ['prod', 'old', 'live'], deep: { list: [1] }, ours: { x: 1 } },
    theirs: { protected: ['prod', 'next'], deep: { list: [1, 2] } },
  });
  expect(conflicts).toEqual([]);
  expect(merged).toEqual({ protected: ['prod', 'live', 'next'], deep: { list: [1, 2] }, ours: { x: 1 } });
});

test('a field named as what every object has is a field like any other', () => {
  const ours = JSON.parse('{"labels":{"__proto__":"x","constructor":"y"}}');
  const { merged } = mergeDocuments({ base: { labels: {} }, ours, theirs: { labels: { toString: 'z' } } });
  expect(JSON.stringify(merged)).toBe('{"labels":{"__proto__":"x","constructor":"y","toString":"z"}}');
});

test('to merge in either direction gives the same, but for the order and for conflicts', () => {
  const document = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', '3'));
  fc.assert(
    fc.property(document, document, document, (before, one, other) => {
      const forth = mergeDocuments({ base: before, ours: one, theirs: other });
      const back = mergeDocuments({ base: before, ours: other, theirs: one });
      expect(forth.conflicts.map(({ field }) => field).sort()).toEqual(
        back.conflicts.map(({ field }) => field).sort(),
      );
      if (forth.conflicts.length === 0) expect(forth.merged).toEqual(back.merged);
    }),
  );
});
