import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeText } from '../../src/sharing/merge/text.ts';

test('changes in different places of a text are all taken', () => {
  const base = 'a\nb\nc\nd\ne\n';
  expect(mergeText(base, 'A\nb\nc\nd\ne\n', 'a\nb\nc\nd\nE\n')).toBe('A\nb\nc\nd\nE\n');
  expect(mergeText(base, 'a\nc\nd\ne\n', 'a\nb\nc\nd\ne\nf\n')).toBe('a\nc\nd\ne\nf\n');
});

test('different changes in the same place are a conflict, equal ones are not', () => {
  expect(mergeText('a\nb\nc\n', 'a\nX\nc\n', 'a\nY\nc\n')).toBeNull();
  expect(mergeText('a\nb\nc\n', 'a\nX\nc\n', 'a\nX\nc\n')).toBe('a\nX\nc\n');
  expect(mergeText('a\n', 'a\nours\n', 'a\ntheirs\n')).toBeNull();
});

test('a last line without a line break keeps to that', () => {
  expect(mergeText('a\nb\nc', 'A\nb\nc', 'a\nb\nc')).toBe('A\nb\nc');
  expect(mergeText('a\nb\nc', 'A\nb\nc', 'a\nb\nc\nd')).toBe('A\nb\nc\nd');
});

test('texts that have nothing in common and too much of it are a conflict, in bounded time', () => {
  const lines = (prefix: string) =>
    Array.from({ length: 5_000 }, (_, index) => `${prefix}${index}\n`).join('');
  expect(mergeText(lines('a'), lines('b'), lines('c'))).toBeNull();
});

const line = fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n', '\n');
const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join(''));

test('what one side alone has changed is always taken as it is', () => {
  fc.assert(
    fc.property(text, text, (base, changed) => {
      expect(mergeText(base, changed, base)).toBe(changed);
      expect(mergeText(base, base, changed)).toBe(changed);
      expect(mergeText(base, changed, changed)).toBe(changed);
    }),
  );
});

test('changes that a line apart separates merge as git merge-file does', () => {
  using folder = temporaryFolder();
  const block = fc.array(line, { maxLength: 4 }).map((lines) => lines.join(''));
  fc.assert(
    fc.property(block, block, block, block, (one, other, ours, theirs) => {
      const [base, here, there] = [
        [one, other],
        [ours, other],
        [one, theirs],
      ].map(([first, second]) => `${first}=1\n=2\n=3\n${second}`);
      const expected = gitMerge(folder.path, base!, here!, there!);
      expect(mergeText(base!, here!, there!)).toBe(expected);
    }),
    { numRuns: 40 },
  );
});

function gitMerge(folder: string, base: string, ours: string, theirs: string): string {
  const paths = Object.entries({ ours, base, theirs }).map(([name, content]) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  });
  const run = spawnSync('git', ['merge-file', '-p', ...paths]);
  expect(run.status).toBe(0);
  return run.stdout.toString();
}
