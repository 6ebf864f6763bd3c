import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hooksDigest } from '../../src/packages/hooks-digest.ts';

const digit = (of: string) => of.repeat(64);

const FILES = [
  { path: 'src/net.py', sha256: digit('c') },
  { path: 'hooks/load.py', sha256: digit('b') },
  { path: 'models/weights.bin', sha256: digit('d') },
  { path: 'manifest.json', sha256: digit('a') },
];

test('the digest of hooks is that of a text with a line for each file of code, sorted by path', () => {
  const text = `cairn.hooks/1\n${digit('b')}  hooks/load.py\n${digit('a')}  manifest.json\n${digit('c')}  src/net.py\n`;
  expect(hooksDigest(FILES)).toBe(createHash('sha256').update(text).digest('hex'));
});

test('the digest does not depend on the order of files, nor on model files', () => {
  const digest = hooksDigest(FILES);
  expect(hooksDigest([...FILES].reverse())).toBe(digest);
  expect(hooksDigest(FILES.filter(({ path }) => !path.startsWith('models/')))).toBe(digest);
  expect(hooksDigest([...FILES, { path: 'models/more.bin', sha256: digit('e') }])).toBe(digest);
});

test('the digest changes with the content, the path and the number of files of code', () => {
  const digests = [
    hooksDigest(FILES),
    ...[0, 1, 3].map((changed) =>
      hooksDigest(FILES.map((file, index) => (index === changed ? { ...file, sha256: digit('f') } : file))),
    ),
    hooksDigest(FILES.map((file) => ({ ...file, path: file.path.replace('load', 'laod') }))),
    hooksDigest(FILES.slice(1)),
    hooksDigest([...FILES, { path: 'hooks/more.py', sha256: digit('e') }]),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});
