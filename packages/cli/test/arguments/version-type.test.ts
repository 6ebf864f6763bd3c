import { expect, test } from 'vitest';
import { versionTypeFrom } from '../../src/arguments/version-type.ts';

const NONE = { type: undefined, framework: undefined, model: [], hooks: [], src: [], 'no-reuse': false };

test('files are plain unless something else is said', () => {
  expect(versionTypeFrom(NONE)).toBe('plaintext');
  expect(versionTypeFrom({ ...NONE, type: 'packaged', model: ['a'], framework: 'pytorch' })).toBe('packaged');
  expect(versionTypeFrom({ ...NONE, type: 'packaged-encrypted', key: 'mine', 'no-reuse': true })).toBe(
    'packaged-encrypted',
  );
});

test('an unknown type is named, with what is likely meant', () => {
  const typed = () => versionTypeFrom({ ...NONE, type: 'package' });
  expect(typed).toThrow("--type 'package' is not one of plaintext, packaged, packaged-encrypted");
});

test.each([
  [{ hooks: ['a'] }, '--hooks is for packages', /--type packaged/],
  [{ manifest: 'm.json' }, '--manifest is for packages', /--type packaged/],
  [{ encrypt: 'auto' }, '--encrypt is for sealed versions', /--type packaged-encrypted/],
  [{ type: 'packaged', key: 'mine' }, '--key is for sealed versions', /--type packaged-encrypted/],
  [
    { type: 'packaged', 'passphrase-file': 'f' },
    '--passphrase-file is for sealed',
    /--type packaged-encrypted/,
  ],
  [{ type: 'packaged', 'no-reuse': true }, '--no-reuse is for sealed versions', /--type packaged-encrypted/],
  [{ type: 'packaged-encrypted', framework: 'pytorch' }, '--framework would stand in the clear', /manifest/],
])('an option of another type is refused, and it is said which: %o', (options, message, hint) => {
  expect(() => versionTypeFrom({ ...NONE, ...options })).toThrow(
    expect.objectContaining({ message: expect.stringContaining(message), hint: expect.stringMatching(hint) }),
  );
});
