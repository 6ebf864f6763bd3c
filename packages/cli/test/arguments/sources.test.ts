import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseWords } from '../../src/arguments/parse.ts';
import { sourcesFrom } from '../../src/arguments/sources.ts';
import type { Options } from '../../src/descriptor.ts';

const OPTIONS = {
  into: { value: 'dir', many: true, summary: '' },
  model: { value: 'path', many: true, summary: '' },
  hooks: { value: 'path', many: true, summary: '' },
  src: { value: 'path', many: true, summary: '' },
  manifest: { value: 'file', summary: '' },
  message: { short: 'm', value: 'text', summary: '' },
} as const satisfies Options;

function sources(...words: string[]) {
  return sourcesFrom(parseWords(words, OPTIONS).words, '/base').sources;
}

const at = (path: string) => resolve('/base', path);

test('every word behind the reference is a path, from the working folder', () => {
  expect(sources('m@v', 'a', '/b')).toEqual([{ path: at('a') }, { path: resolve('/b') }]);
});

test('a place holds for the paths after it, until the next', () => {
  expect(sources('m@v', 'a', '--into', 'x', 'b', 'c', '--into=y/z/', 'd')).toEqual([
    { path: at('a') },
    { path: at('b'), into: 'x' },
    { path: at('c'), into: 'x' },
    { path: at('d'), into: 'y/z' },
  ]);
});

test('a dot leads back to the root', () => {
  expect(sources('m@v', '--into', 'x', 'a', '--into', '.', 'b')).toEqual([
    { path: at('a'), into: 'x' },
    { path: at('b') },
  ]);
});

test('the place may stand before the reference, and other options between', () => {
  expect(sources('--into', 'x', 'm@v', '-m', 'text', 'a')).toEqual([{ path: at('a'), into: 'x' }]);
});

test('a place without a path after it is refused', () => {
  expect(() => sources('m@v', 'a', '--into', 'x')).toThrow('no path stands after --into x');
  expect(() => sources('m@v', '--into', 'x', '--into', 'y', 'a')).toThrow('no path stands after --into x');
});

test('the folders of a package take the path they are given, and those after it, until the next', () => {
  expect(
    sources(
      'm@v',
      '--model',
      'a',
      'b',
      '--manifest',
      'm.json',
      'c',
      '--hooks=h',
      '--src',
      's',
      '--model',
      'd',
    ),
  ).toEqual([
    { path: at('a'), into: 'models' },
    { path: at('b'), into: 'models' },
    { path: at('c'), into: 'models' },
    { path: at('h'), into: 'hooks' },
    { path: at('s'), into: 'src' },
    { path: at('d'), into: 'models' },
  ]);
});

test('places and folders of a package end each other', () => {
  expect(
    sources('m@v', 'a', '--model', 'b', '--into', 'models/net', 'c', '--hooks', 'd', '--into', '.', 'e'),
  ).toEqual([
    { path: at('a') },
    { path: at('b'), into: 'models' },
    { path: at('c'), into: 'models/net' },
    { path: at('d'), into: 'hooks' },
    { path: at('e') },
  ]);
  expect(() => sources('m@v', '--into', 'x', '--model', 'a')).toThrow('no path stands after --into x');
});

test('a folder of a package may stand before the reference', () => {
  expect(sources('--model', 'a', 'm@v', 'b')).toEqual([
    { path: at('a'), into: 'models' },
    { path: at('b'), into: 'models' },
  ]);
});
