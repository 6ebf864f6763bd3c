import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkRefName,
  checkRefPrefix,
  compareRefNames,
  isRefName,
  parentNames,
} from '../../src/refs/ref-name.ts';

function gitAccepts(name: string): boolean {
  return spawnSync('git', ['check-ref-format', name]).status === 0;
}

describe('the name of a ref', () => {
  test.each([
    'refs/heads/main',
    'refs/tags/v1.0+build',
    'refs/tags/übung',
    'refs/tags/a.lock.b',
    'refs/tags/@',
    'refs/tags/a./b',
    'refs/stash',
  ])('can be %s, as for Git', (name) => {
    expect(isRefName(name)).toBe(true);
    expect(gitAccepts(name)).toBe(true);
  });

  test.each([
    'refs/heads/../../config',
    'refs/heads/..',
    'refs/.hidden',
    'refs/heads/a/.b',
    'refs/heads/a.lock',
    'refs/heads/a.lock/b',
    'refs/heads/',
    'refs//a',
    'refs/heads/a.',
    'refs/heads/a b',
    'refs/heads/a~1',
    'refs/heads/a^',
    'refs/heads/a:b',
    'refs/heads/a?',
    'refs/heads/a*',
    'refs/heads/a[',
    'refs/heads/a\\b',
    'refs/heads/a@{0}',
    'refs/heads/a\nb',
    'refs/heads/a\u007f',
  ])('cannot be %j, as for Git', (name) => {
    expect(isRefName(name)).toBe(false);
    expect(gitAccepts(name)).toBe(false);
  });

  test.each([
    '',
    'HEAD',
    'main',
    'refs',
    '/refs/heads/main',
    'refs/heads/\ud800',
    'refs/heads/a\u0085',
    `refs/heads/${'a'.repeat(251)}`,
    `refs/heads/${'a/'.repeat(600)}a`,
  ])('cannot be %j here, whatever Git says', (name) => {
    expect(isRefName(name)).toBe(false);
    expect(() => checkRefName(name)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  test('is never accepted where Git refuses it', () => {
    const component = fc.string({
      unit: fc.constantFrom(...'ab.@{}/~^:?*[\\ lock-'),
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(component, (text) => {
        fc.pre(isRefName(`refs/${text}`));
        expect(gitAccepts(`refs/${text}`)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

test('a prefix is the beginning of names', () => {
  for (const prefix of ['refs/', 'refs/tags/', 'refs/tags/v1.']) checkRefPrefix(prefix);
  for (const prefix of ['', 'ref', '../', 'refs/../', 'refs/tags//']) {
    expect(() => checkRefPrefix(prefix)).toThrow(expect.objectContaining({ code: 'invalid' }));
  }
});

test('the parents of a name are what would have to be folders', () => {
  expect(parentNames('refs/heads/a/b')).toEqual(['refs/heads', 'refs/heads/a']);
  expect(parentNames('refs/a')).toEqual([]);
});

test('names are ordered by their bytes', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '/', '-', 'é', '\uffee', '\u{1f600}', '\u{10000}'),
  });
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(Math.sign(compareRefNames(one, other))).toBe(
        Buffer.compare(Buffer.from(one), Buffer.from(other)),
      );
    }),
  );
});
