import { expect, test } from 'vitest';
import { suggest, suggestion } from '../../src/arguments/suggest.ts';

const COMMANDS = ['init', 'new', 'add', 'get', 'cat', 'ls', 'show', 'rename', 'verify', 'rm', 'completion'];

test('a slip of the finger is recognized', () => {
  expect(suggest('verfy', COMMANDS)).toBe('verify');
  expect(suggest('shwo', COMMANDS)).toBe('show');
  expect(suggest('renmae', COMMANDS)).toBe('rename');
});

test('a beginning is completed', () => {
  expect(suggest('comp', COMMANDS)).toBe('completion');
});

test('the words of other tools lead to ours', () => {
  expect(suggest('list', COMMANDS)).toBe('ls');
  expect(suggest('delete', COMMANDS)).toBe('rm');
});

test('a word that is like none leads nowhere', () => {
  expect(suggest('frobnicate', COMMANDS)).toBeNull();
  expect(suggest('x'.repeat(5000), COMMANDS)).toBeNull();
  expect(suggestion('frobnicate', COMMANDS)).toBeUndefined();
});
