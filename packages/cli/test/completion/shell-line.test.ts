import { expect, test } from 'vitest';
import { splitShellLine } from '../../src/completion/shell-line.ts';

test.each([
  ['cairn ', ['cairn', '']],
  ['cairn show stock', ['cairn', 'show', 'stock']],
  ['cairn  show   m@v:', ['cairn', 'show', 'm@v:']],
  ['cairn add m@v "my fol', ['cairn', 'add', 'm@v', 'my fol']],
  ["cairn add m@v 'it''s' x", ['cairn', 'add', 'm@v', 'its', 'x']],
  ['cairn add m@v my\\ folder', ['cairn', 'add', 'm@v', 'my folder']],
  ['a \'b\\c\' "d\\"e"', ['a', 'b\\c', 'd"e']],
  ['a "" ', ['a', '', '']],
  ['', ['']],
])('%j is split as bash does', (line, words) => {
  expect(splitShellLine(line)).toEqual(words);
});
