import { describe, expect, test } from 'vitest';
import { utf8Bytes, utf8Text } from '../../src/bytes/text.ts';
import type { Extent, Manifest, ManifestFile } from '../../src/manifest/manifest.ts';
import { encodeManifest, parseManifest } from '../../src/manifest/manifest-json.ts';
import { noise, thrownCode } from '../bytes.ts';
import { SMALL } from '../domains.ts';
import { fileOf, manifestOf } from './manifests.ts';

test('a manifest is read back, and written back as it was', () => {
  const manifest = manifestOf();
  const bytes = encodeManifest(manifest, SMALL);
  expect(parseManifest(bytes, SMALL)).toEqual(manifest);
  expect(encodeManifest(parseManifest(bytes, SMALL), SMALL)).toEqual(bytes);
});

test('a manifest of nothing is one', () => {
  const manifest = manifestOf({ parent: null, package: null, files: [], objects: [] });
  expect(parseManifest(encodeManifest(manifest, SMALL), SMALL)).toEqual(manifest);
});

/** Refused when it is written; and as a second guard, when its JSON is read. */
function refused(changes: Partial<Manifest>): void {
  expect(thrownCode(() => encodeManifest(manifestOf(changes), SMALL))).toBe('format');
}

describe('a manifest is refused', () => {
  const [small, large] = manifestOf().files as [ManifestFile, ManifestFile];
  const [a, b] = manifestOf().objects as [Manifest['objects'][0], Manifest['objects'][0]];

  test.each<[string, Partial<Manifest>]>([
    ['with files out of order', { files: [large, small] }],
    ['with a file twice', { files: [small, small, large] }],
    ['with objects out of order', { objects: [b, a] }],
    ['with an object twice', { objects: [a, a, b] }],
    ['with an object that nothing uses', { objects: [a, b, { ...b, id: 'ccc' }] }],
    ['without an object that is used', { objects: [b] }],
    ['with an object that holds nothing', { objects: [{ ...a, size: 0 }, b] }],
    ['with an object that is too small', { objects: [{ ...a, size: SMALL + 6 }, b] }],
    ['with an object header of another size', { objects: [{ ...a, header: noise(55) }, b] }],
    ['with an object id that is a path', { objects: [{ ...a, id: '../a' }, b] }],
    ['with a domain id of another size', { cid: noise(31) }],
    ['without a model name', { model: '' }],
    ['with a line break in a version name', { version: 'v\n1' }],
    ['with a parent of half a surrogate pair', { parent: '\ud800' }],
    ['with a hash in capitals', { files: [{ ...small, sha256: 'A'.repeat(64) }, large] }],
    ['with hashes for a small file', { files: [{ ...small, segments: noise(32) }, large] }],
    ['with a hash missing', { files: [small, { ...large, segments: noise(64) }] }],
    ['with a hash too many', { files: [small, { ...large, segments: noise(128) }] }],
    ['with a size that lies', { files: [{ ...small, size: 99 }, large] }],
  ])('%s', (_, changes) => refused(changes));

  const withExtents = (...extents: Extent[]): Partial<Manifest> => ({
    files: [small, { ...large, extents }],
  });

  test.each<[string, Partial<Manifest>]>([
    ['an empty extent', withExtents(...large.extents, { object: 'aaa', offset: 0, length: 0 })],
    ['an extent missing', withExtents(large.extents[0]!)],
    [
      'an extent beyond its object',
      withExtents(large.extents[0]!, { object: 'aaa', offset: SMALL, length: SMALL + 7 }),
    ],
    [
      'an extent in an object that is not there',
      withExtents(large.extents[0]!, { object: 'ccc', offset: 0, length: SMALL + 7 }),
    ],
    [
      'two extents that are one',
      withExtents(
        large.extents[0]!,
        { object: 'aaa', offset: 0, length: SMALL },
        { object: 'aaa', offset: SMALL, length: 7 },
      ),
    ],
    [
      'an extent that begins within a segment',
      withExtents({ object: 'bbb', offset: 100, length: SMALL }, large.extents[1]!),
    ],
    [
      'an extent that ends within a segment',
      withExtents(
        { object: 'bbb', offset: 0, length: SMALL - 1 },
        { object: 'aaa', offset: 0, length: SMALL + 7 },
        { object: 'bbb', offset: SMALL, length: 1 },
      ),
    ],
  ])('with %s', (_, changes) => refused(changes));

  test('with extents that overlap, within a file or between two', () => {
    refused({ files: [{ ...small, extents: [{ object: 'bbb', offset: SMALL - 1, length: 100 }] }, large] });
    refused({ files: [{ ...small, extents: [{ object: 'aaa', offset: 0, length: 100 }] }, large] });
    refused({
      files: [
        {
          ...small,
          size: 2,
          extents: [
            { object: 'bbb', offset: SMALL, length: 1 },
            { object: 'bbb', offset: SMALL, length: 1 },
          ],
        },
        large,
      ],
    });
  });
});

describe('a manifest whose JSON lies is refused', () => {
  const text = utf8Text(encodeManifest(manifestOf(), SMALL))!;

  test.each<[string, (text: string) => string]>([
    ['an unknown field', (t) => t.replace('"role":"hook"', '"role":"hook","rule":1')],
    ['an unknown role', (t) => t.replace('"role":"hook"', '"role":"hock"')],
    ['a missing field', (t) => t.replace('"parent":"v1",', '')],
    ['a path that leads out', (t) => t.replace('hooks/load.py', 'hooks/../../x')],
    ['an extent of two numbers', (t) => t.replace(/\[1,16384,100\]/, '[1,16384]')],
    ['an extent of four numbers', (t) => t.replace(/\[1,16384,100\]/, '[1,16384,100,0]')],
    ['an extent in object 2 of 2', (t) => t.replace(/\[1,16384,100\]/, '[2,16384,100]')],
    ['an extent at the end of the numbers', (t) => t.replace(/\[1,16384,100\]/, '[1,9007199254740991,100]')],
    ['an extent of a string', (t) => t.replace(/\[1,16384,100\]/, '["1",16384,100]')],
    ['a size as a string', (t) => t.replace('"size":100', '"size":"100"')],
    ['white space', (t) => `${t} `],
  ])('%s', (_, change) => {
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect(thrownCode(() => parseManifest(utf8Bytes(changed), SMALL))).toBe('format');
  });

  test('a manifest of another format is not supported', () => {
    const changed = utf8Bytes(text.replace('cairn-manifest/1', 'cairn-manifest/2'));
    expect(thrownCode(() => parseManifest(changed, SMALL))).toBe('unsupported');
  });

  test('a manifest for another segment size does not fit', () => {
    expect(thrownCode(() => parseManifest(utf8Bytes(text), SMALL * 2))).toBe('format');
  });
});

describe('paths', () => {
  const withPaths = (...paths: string[]) => ({
    files: paths.toSorted().map((path) => fileOf(path)),
    objects: [],
  });

  test.each([
    'a',
    'a/b.c',
    '.hidden',
    'a b',
    'größe/模型',
    'a..b',
    '.gitignore',
    'x.git',
    `${'a'.repeat(255)}/b`,
  ])('%j is one', (path) => {
    expect(thrownCode(() => encodeManifest(manifestOf(withPaths(path)), SMALL))).toBe('no error');
  });

  test.each([
    '',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    '../a',
    'a/../b',
    'a/./b',
    '.git/config',
    'a/.GIT/b',
    'a\\..\\b',
    'C:\\a',
    'a\0b',
    'a\nb',
    'a\u0085b',
    '\udfff',
    `${'a/'.repeat(2048)}b`,
  ])('%j is none', (path) => {
    expect(thrownCode(() => encodeManifest(manifestOf(withPaths(path)), SMALL))).toBe('format');
  });

  test.each([
    ['only in case', 'models/A', 'models/a'],
    ['in the case of a folder', 'Models/a', 'models/a'],
    ['in normalization', 'é', 'é'.normalize('NFD')],
    ['in that one is a folder of the other', 'a', 'a/b'],
    ['in that one is a folder of the other, in another case', 'A', 'a/b'],
  ])('that differ %s do not go together', (_, one, other) => {
    refused(withPaths(one, other));
  });
});
