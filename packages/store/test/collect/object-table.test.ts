import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MARK, ObjectTable } from '../../src/collect/object-table.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { fakeId } from '../pack/fixture.ts';

const id = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 40, maxLength: 40 });

describe('a table of objects', () => {
  test('holds what was added and nothing else, each once', () => {
    fc.assert(
      fc.property(fc.array(id), fc.array(id), fc.nat(300), (added, others, reserved) => {
        const table = new ObjectTable();
        for (const each of [...added, ...added]) table.add(each as ObjectId);
        table.reserve(reserved);
        expect(table.count).toBe(new Set(added).size);
        for (const each of added) expect(table.idAt(table.find(each as ObjectId)!)).toBe(each);
        for (const each of others.filter((other) => !added.includes(other))) {
          expect(table.find(each as ObjectId)).toBe(null);
        }
      }),
    );
  });

  test('keeps marks and homes apart', () => {
    const table = new ObjectTable();
    const ids = Array.from({ length: 5000 }, (_, number) => fakeId(number));
    for (const each of ids) table.add(each);
    const positions = ids.map((each) => table.find(each)!);
    expect(new Set(positions).size).toBe(ids.length);
    for (const [number, position] of positions.entries()) {
      expect(table.has(position, MARK.reached | MARK.doomed)).toBe(false);
      table.mark(position, number % 2 === 0 ? MARK.reached : MARK.doomed);
      table.setHome(position, number);
    }
    for (const [number, position] of positions.entries()) {
      expect(table.has(position, MARK.reached)).toBe(number % 2 === 0);
      expect(table.has(position, MARK.doomed)).toBe(number % 2 === 1);
      expect(table.home(position)).toBe(number);
    }
  });

  test('stays fast for ids that someone has chosen to look alike', () => {
    const table = new ObjectTable();
    for (let number = 0; number < 100_000; number++) table.add(fakeId(number, '0'.repeat(30)));
    expect(table.count).toBe(100_000);
  });
});
